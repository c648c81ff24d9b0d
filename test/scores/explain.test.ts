import { expect, it } from 'vitest';
import { explain } from './calls/explain.ts';
import type { CallOutcome, OperationOutcome } from './calls/outcome.ts';

const declared = { method: 'POST', path: '/pets', parameters: [] };
const outcomeOf = (call: Partial<CallOutcome>): OperationOutcome => ({
  method: 'POST',
  path: '/pets',
  tool: 'add_pet',
  faults: [],
  declared,
  calls: [{ kind: 'mixed', sent: [], violations: [], faults: [], ...call }],
});
const refusal = (code: string, place = 'body.a', message = '') => ({ code, place, message });

it('has nothing to say of what is right', () => {
  expect(explain(outcomeOf({}), {}, [])).toEqual([]);
});

it('takes for ours what no known cause explains', () => {
  expect(explain(outcomeOf({ violations: [refusal('type')] }), {}, [])).toMatchObject([
    { owner: 'ours', cause: 'unexplained' },
  ]);
});

it('takes a refusal for ours when the request is not as the document says, whatever Prism is known for', () => {
  const violations = [refusal('UNKNOWN', 'server')];
  expect(explain(outcomeOf({ violations }), {}, [])).toMatchObject([{ owner: 'prism' }]);
  expect(explain(outcomeOf({ violations, faults: ['a: not found in the query as 1'] }), {}, [])).toMatchObject([
    { owner: 'ours', cause: 'unexplained' },
  ]);
});

it('tells overlapping alternatives of the document from those of which ours has lost a part', () => {
  const violations = [refusal('oneOf', 'body'), refusal('required', 'body.b')];
  expect(explain(outcomeOf({ violations }), {}, [])).toMatchObject([{ owner: 'document' }]);
  expect(explain(outcomeOf({ violations }), {}, ['#: the input schema is larger than 32 KB'])).toMatchObject([
    { owner: 'ours' },
  ]);
});
