import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { catalogueContract } from './catalogue.ts';
import { tableEngines } from './tables.ts';

catalogueContract('memory', async () => memoryCatalogue());

for (const engine of tableEngines()) {
  catalogueContract(engine.name, async () => {
    const { client, names } = await engine.open();
    return dynamoCatalogue(client, names.catalogue);
  });
}
