import { describe, expect, it } from 'vitest';
import { bodyOf, importing } from './importing.ts';

const Pet = { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } };
const Cat = { allOf: [{ $ref: '#/components/schemas/Pet' }, { properties: { meows: { type: 'boolean' } } }] };
const Dog = { allOf: [{ $ref: '#/components/schemas/Pet' }, { properties: { barks: { type: 'boolean' } } }] };

/** What the two branches say of `kind` in a body that is a pet. */
function pinsOf(discriminator: unknown, schemas: Record<string, unknown> = { Pet, Cat, Dog }, keyword = 'oneOf') {
  const pet = {
    [keyword]: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
    discriminator,
  };
  const body = { type: 'object', properties: { pet } };
  const { input_schema } = importing(bodyOf(body, { components: { schemas } })).tool;
  const text = JSON.stringify(input_schema.properties);
  return [...text.matchAll(/"kind":(\{[^{}]*\})/g)].map(([, kind = '']) => JSON.parse(kind) as unknown);
}

describe('a discriminator', () => {
  it.each(['oneOf', 'anyOf'])('says in each branch of %s by which value it is meant', (keyword) => {
    const pins = pinsOf(
      { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat', dog: 'Dog' } },
      undefined,
      keyword,
    );
    expect(pins).toContainEqual({ type: 'string', const: 'cat' });
    expect(pins).toContainEqual({ type: 'string', const: 'dog' });
  });

  it('means the name of the schema where no mapping says otherwise', () => {
    const pins = pinsOf({ propertyName: 'kind' });
    expect(pins).toContainEqual({ type: 'string', const: 'Cat' });
    expect(pins).toContainEqual({ type: 'string', const: 'Dog' });
  });

  it('allows every value that is mapped to the same schema', () => {
    const mapping = { cat: 'Cat', kitten: 'Cat', dog: 'Dog' };
    expect(pinsOf({ propertyName: 'kind', mapping })).toContainEqual({ type: 'string', enum: ['cat', 'kitten'] });
  });

  it('leaves a branch alone that says its values itself', () => {
    const own = (value: string) => ({ type: 'object', properties: { kind: { type: 'string', enum: [value] } } });
    const pins = pinsOf({ propertyName: 'kind' }, { Cat: own('c'), Dog: own('d') });
    expect(JSON.stringify(pins)).not.toContain('const');
  });

  it('leaves a branch alone that has no such property', () => {
    const bare = { type: 'object', properties: { name: { type: 'string' } } };
    expect(pinsOf({ propertyName: 'kind' }, { Cat: bare, Dog: bare })).toEqual([]);
  });

  it('that is none changes nothing', () => {
    for (const discriminator of ['kind', {}, { propertyName: 7 }, null, { propertyName: '__proto__' }]) {
      expect(pinsOf(discriminator)).not.toContainEqual({ type: 'string', const: 'Cat' });
    }
  });
});
