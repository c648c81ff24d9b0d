import type { Stamps } from '../../functions/mcp/subscriptions/watch-changes.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { type Fixture, text } from './fixture.ts';

const kinds = ['tools', 'prompts', 'resources'] as const;
type Kind = (typeof kinds)[number];

/** Tools that pretend to change what is listed, for whoever listens on any instance. */
export const changeTools: Record<string, Fixture> = {
  test_trigger_tool_change: change('tools'),
  test_trigger_prompt_change: change('prompts'),
};

function change(kind: Kind): Fixture {
  return {
    description: `Says that the list of ${kind} has changed`,
    run: async (_args, _context, state) => {
      await state.remove(keyOf(kind));
      await state.create(keyOf(kind), { stamp: crypto.randomUUID() }, Math.ceil(Date.now() / 1_000) + 3_600);
      return text('Changed.');
    },
  };
}

/** What watching instances compare. */
export async function readStamps(state: StateStore): Promise<Stamps> {
  const entries = await Promise.all(
    kinds.map(async (kind) => [kind, String((await state.get(keyOf(kind)))?.value.stamp)] as const),
  );
  return Object.fromEntries(entries);
}

function keyOf(kind: Kind): string {
  return `FIXTURE#${kind}`;
}
