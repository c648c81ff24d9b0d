import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeBody } from '../../functions/backends/body.ts';
import type { BodyBinding } from '../../functions/catalogue/types.ts';
import { anyJson, anyText, lists, objects, scalars } from './arbitrary-values.ts';
import { readParts } from './read-parts.ts';

const bind = (content_type: string, rest: Partial<BodyBinding> = {}): BodyBinding => ({
  content_type,
  required: true,
  argument: 'body',
  ...rest,
});

/** Both ways to give an object: as one argument, and as one for each property. */
function write(binding: BodyBinding, value: object): ReturnType<typeof writeBody>[] {
  const { argument: _, ...shared } = binding;
  const members = Object.entries(value);
  const properties = Object.fromEntries(members.map(([name], index) => [`argument_${index}`, name]));
  const args = Object.fromEntries(members.map(([, member], index) => [`argument_${index}`, member]));
  return [writeBody(binding, { body: value }), writeBody({ ...shared, properties }, args)];
}

const json = anyJson.filter((value) => value !== undefined);
/** What a form can carry: an empty list and null are nothing in it. */
const formMembers = fc.oneof(scalars(anyText), lists(scalars(anyText)), objects(anyText, json));
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe('a body comes back as it was', () => {
  it('as JSON', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('application/json', 'application/merge-patch+json'), (value, type) => {
        const body = writeBody(bind(type), { body: value });
        if (!isDeepStrictEqual(JSON.parse(String(body?.payload)), value)) expect(body?.payload).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  it('as a form', () => {
    fc.assert(
      fc.property(objects(anyText, formMembers), (value) => {
        const pairs = Object.entries(value).flatMap(([name, member]) =>
          Array.isArray(member) ? member.map((item) => [name, textOf(item)]) : [[name, textOf(member)]],
        );
        for (const body of write(bind('application/x-www-form-urlencoded'), value)) {
          expect([...new URLSearchParams(String(body?.payload))]).toEqual(pairs);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('as parts', () => {
    // As browsers do, `"` and line breaks of names are escaped, which cannot be told from the same text given.
    const names = anyText.filter((name) => !/%(?:22|0d|0a)/i.test(name));
    fc.assert(
      fc.property(objects(names, formMembers), (value) => {
        const parts = Object.entries(value).flatMap(([name, member]) =>
          Array.isArray(member) ? member.map((item) => [name, textOf(item)]) : [[name, textOf(member)]],
        );
        for (const body of write(bind('multipart/form-data'), value)) {
          const read = readParts(body?.content_type ?? '', body?.payload ?? '');
          expect(read.map(({ name, content }) => [name, content.toString()])).toEqual(parts);
          expect(read.filter(({ filename }) => filename !== undefined)).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('as files, in whatever way their bytes are given', () => {
    const binding = bind('multipart/form-data', { encoding: { file: { binary: true } } });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      // What could end a part, or be taken for its head.
      lists(fc.constantFrom('\r\n', '--', 'gatehouse-part-1', '--gatehouse-part-1--', '\r\n\r\n', 'a')).map((pieces) =>
        Buffer.from(pieces.join('')),
      ),
    );
    const ways = fc.constantFrom(
      (content: Buffer) => content.toString('base64'),
      (content: Buffer) => content.toString('base64url'),
      (content: Buffer) => `data:image/png;base64,${content.toString('base64')}`,
      (content: Buffer) => `data:image/png,${content.toString('hex').replace(/../g, '%$&')}`,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, ways), { minLength: 1, maxLength: 3 }), (files) => {
        const contents = files.map(([content]) => Buffer.from(content));
        const given = files.map(([content, way]) => way(Buffer.from(content)));
        for (const body of write(binding, { file: given })) {
          const read = readParts(body?.content_type ?? '', body?.payload ?? '');
          expect(read.map(({ name, content }) => [name, content])).toEqual(
            contents.map((content) => ['file', content]),
          );
        }
        const whole = writeBody(bind('application/octet-stream'), { body: given[0] });
        expect(whole?.payload).toEqual(contents[0]);
      }),
      { numRuns: 200 },
    );
  });
});
