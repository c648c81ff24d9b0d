import type { Subscriptions } from '../../functions/mcp/subscriptions/subscriptions.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { type Fixture, text } from './fixture.ts';

const lists = ['tools', 'prompts', 'resources'] as const;
type Kind = (typeof lists)[number] | 'watched-resource';

/** Tools that pretend to change something, for whoever listens on any instance. */
export const changeTools: Record<string, Fixture> = {
  test_trigger_tool_change: change('tools', 'Says that the list of tools has changed'),
  test_trigger_prompt_change: change('prompts', 'Says that the list of prompts has changed'),
  test_trigger_resource_change: change('watched-resource', 'Says that the watched resource has changed'),
};

function change(kind: Kind, description: string): Fixture {
  return {
    description,
    run: async (_args, _context, state) => {
      await state.remove(keyOf(kind));
      await state.create(keyOf(kind), { stamp: crypto.randomUUID() }, Math.ceil(Date.now() / 1_000) + 3_600);
      return text('Changed.');
    },
  };
}

/** What watching instances compare. */
export function fixtureStamps(state: StateStore): Pick<Subscriptions, 'stamps' | 'resources'> {
  const stampOf = async (kind: Kind) => String((await state.get(keyOf(kind)))?.value.stamp);
  return {
    stamps: async () => {
      const [tools = '', prompts = '', resources = ''] = await Promise.all(lists.map(stampOf));
      return { tools, prompts, resources };
    },
    resources: async () => ({
      has: async (_, uri) => /^test:\/\/(static-text|watched-resource)$/.test(uri),
      stamp: async (_, uri) => (uri === 'test://watched-resource' ? stampOf('watched-resource') : undefined),
    }),
  };
}

function keyOf(kind: Kind): string {
  return `FIXTURE#${kind}`;
}
