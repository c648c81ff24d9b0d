import { describe, expect, it } from 'vitest';
import { dynamoKeys } from '../../functions/auth/dynamo.ts';
import { memoryKeys } from '../../functions/auth/memory.ts';
import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import { keyContract } from './keys.ts';
import { onlyTool } from './sample.ts';
import { tableEngines, unreachableTables } from './tables.ts';

keyContract('memory', async () => memoryKeys());

for (const engine of tableEngines()) {
  keyContract(engine.name, async () => {
    const { client, names } = await engine.open();
    return dynamoKeys(client, names.catalogue);
  });

  describe(`API keys in the catalogue table in ${engine.name}`, () => {
    it('live beside a catalogue without seeing it', async () => {
      const { client, names } = await engine.open();
      const catalogue = dynamoCatalogue(client, names.catalogue);
      await catalogue.publish(await catalogue.head(), onlyTool('get_things'));
      const keys = dynamoKeys(client, names.catalogue);
      expect(await keys.list()).toEqual([]);
      expect(await keys.find('HEAD')).toBeUndefined();
    });
  });
}

describe('API keys in a table that cannot be reached', () => {
  it('are not taken for unknown', async () => {
    await expect(dynamoKeys(unreachableTables(), 'Catalogue').find('a')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
