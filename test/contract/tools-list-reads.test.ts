import { beforeAll, describe, expect, it } from 'vitest';
import type { CallDeps } from '../../functions/call/call-tool.ts';
import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import type { Tool } from '../../functions/catalogue/types.ts';
import { catalogueTools } from '../../functions/mcp/catalogue-tools.ts';
import type { Confirmation } from '../../functions/mcp/confirmation.ts';
import type { Caller } from '../../functions/mcp/tool-room.ts';
import { rulesOf } from '../../functions/policy/rules.ts';
import { aTool, toolsOnly } from './sample.ts';
import { counted, type Tables, tableEngines } from './tables.ts';

const caller: Caller = {
  principal: { kind: 'token', subject: 'ada', issuer: 'i', roles: ['administrator'], groups: [], scopes: [] },
  requestId: 'r',
  schemas: 'safe',
  deadline: 0,
};

/** Words in an order that no compression foresees: prose is what most of a definition is. */
function prose(seed: number, words: number): string {
  let state = seed * 2_654_435_761;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return Array.from({ length: words }, () => (next() >>> 12).toString(36)).join(' ');
}

/**
 * A tool like those of large documents, but one that nothing makes small. Together they are just what the embedded
 * table gives in one answer, which is a tenth of what DynamoDB gives.
 */
function largeTool(number: number): Tool {
  const argument = (index: number) => ({ type: 'string', description: prose(number * 20 + index, 12) });
  const properties = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`argument_${index}`, argument(index)]),
  );
  return aTool(`tool_${String(number).padStart(4, '0')}`, {
    description: prose(number, 40),
    input_schema: { type: 'object', properties, additionalProperties: false },
  });
}

for (const engine of tableEngines()) {
  describe(`tools/list of 1,000 tools from the table in ${engine.name}`, () => {
    let tables: Tables;
    let now = Date.UTC(2026, 10, 21);
    let itemsOfTheListing: number;

    beforeAll(async () => {
      tables = await engine.open();
      const { client, operations } = counted(tables.client);
      const store = dynamoCatalogue(client, tables.names.catalogue);
      const tools = Array.from({ length: 1_000 }, (_, number) => largeTool(number));
      await store.publish(await store.head(), toolsOnly(...tools));
      // The others are the pointer and a row for each tool.
      itemsOfTheListing = operations.filter((operation) => operation === 'putItem').length - 1_001;
    });

    it('costs three reads on a cold instance, one once its trust has run out, and none before', async () => {
      const { client, operations } = counted(tables.client);
      const catalogue = trustedCatalogue(dynamoCatalogue(client, tables.names.catalogue), () => now);
      const room = catalogueTools({ catalogue, rules: rulesOf({}) } as CallDeps, {} as Confirmation);
      const readsOfAList = async () => {
        operations.length = 0;
        expect((await room.list(caller, undefined)).tools).toHaveLength(1_000);
        return [...operations];
      };

      expect(itemsOfTheListing).toBeGreaterThan(2);
      expect(await readsOfAList()).toEqual(['batchGetItem', 'batchGetItem', 'batchGetItem']);
      now += 4_999;
      expect(await readsOfAList()).toEqual([]);
      now += 1;
      expect(await readsOfAList()).toEqual(['batchGetItem']);
    });
  });
}
