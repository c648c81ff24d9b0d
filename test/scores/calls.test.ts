import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scoreFolder } from './calls/score-folder.ts';
import { totalsOf } from './calls/totals.ts';

const sample = join(import.meta.dirname, 'calls/sample');
const before = { ...process.env };

let scores: Awaited<ReturnType<typeof scoreFolder>>;
beforeAll(async () => {
  scores = await scoreFolder(sample, '', () => {});
});
// The gateway's functions take their settings from the environment.
afterAll(() => {
  process.env = before;
});

it('calls every tool of a document through the gateway, and Prism takes every call', () => {
  expect(scores.map(({ name, problem }) => ({ name, problem }))).toEqual([{ name: 'pets', problem: undefined }]);
  const { operations, right, calls, accepted, causes } = totalsOf(scores);
  expect(Object.fromEntries(causes)).toEqual({});
  expect({ operations, right, calls, accepted }).toEqual({ operations: 6, right: 6, calls: 18, accepted: 18 });
});

it('sees a call without a required argument refused before it leaves', () => {
  const withouts = scores[0]?.operations.flatMap(({ outcome }) =>
    outcome.calls.flatMap(({ kind, missing, request }) => (kind === 'without' ? [`${missing} ${request}`] : [])),
  );
  expect(withouts?.sort()).toEqual(
    [
      ...['limit', 'name', 'kind', 'id', 'id', 'body', 'id', 'file', 'q'].map((missing) => `${missing} undefined`),
    ].sort(),
  );
});
