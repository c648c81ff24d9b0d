import { setTimeout as wait } from 'node:timers/promises';
import { type Fixture, text } from './fixture.ts';

/** Tools of which the suite knows nothing, for tests of what happens meanwhile: one may be begun again, one may not. */
export const slowTools: Record<string, Fixture> = {
  read_slowly: { ...slowly('read'), annotations: { readOnlyHint: true } },
  write_slowly: slowly('written'),
};

function slowly(done: string): Fixture {
  return {
    description: 'Goes on for some steps, and tells each',
    inputSchema: {
      type: 'object',
      properties: { steps: { type: 'integer' }, step_ms: { type: 'integer' } },
      required: ['steps', 'step_ms'],
    },
    task: { isRequired: false },
    run: async ({ steps, step_ms }, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (let progress = 1; progress <= Number(steps); progress += 1) {
        if (progressToken !== undefined)
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
        await wait(Number(step_ms), undefined, { signal: mcpReq.signal });
      }
      return text(`All ${steps} steps are ${done}.`);
    },
  };
}
