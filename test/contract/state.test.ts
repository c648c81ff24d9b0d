import { describe, expect, it } from 'vitest';
import { dynamoState } from '../../functions/state/dynamo.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { movableClock, stateContract } from './state.ts';
import { intercepted, tableEngines, unreachableTables } from './tables.ts';

stateContract('memory', async (clock) => memoryState(clock));

for (const engine of tableEngines()) {
  stateContract(engine.name, async (clock) => {
    const { client, names } = await engine.open();
    return dynamoState(client, names.state, clock);
  });

  describe(`state table in ${engine.name}`, () => {
    it('knows its own write again when only the answer was lost', async () => {
      const { client, names } = await engine.open();
      const repeating = intercepted(client, async (request, next) => {
        // What the client's own retry does after a lost answer: the same request again.
        if (request.Item) await next();
        return next();
      });
      const clock = movableClock();
      const later = clock() / 1000 + 60;
      const store = dynamoState(repeating, names.state, clock);
      expect(await store.create('probe', { by: 'me' }, later)).toBe(true);
      const version = (await store.get('probe'))?.version ?? 0;
      expect(await store.replace('probe', version, { by: 'me again' }, later)).toBe(true);
      expect(await dynamoState(client, names.state, clock).create('probe', { by: 'you' }, later)).toBe(false);
    });
  });
}

describe('state table that cannot be reached', () => {
  const store = dynamoState(unreachableTables(), 'State', movableClock());

  it.each([
    ['get', () => store.get('key')],
    ['create', () => store.create('key', {}, 1)],
    ['replace', () => store.replace('key', 1, {}, 1)],
    ['remove', () => store.remove('key')],
  ])('is unavailable: %s', async (_, use) => {
    await expect(use()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
