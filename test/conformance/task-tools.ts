import { setTimeout as wait } from 'node:timers/promises';
import { acceptedContent, inputRequired, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { type Fixture, text } from './fixture.ts';

const named = z.object({ name: z.string() });
const confirmed = z.object({ confirm: z.boolean() });
const mayBeTask = { isRequired: false };

const askName = (message: string) => inputRequired.elicit({ message, requestedSchema: named });

/** Tools that may go on after their answer, and one that does not. */
export const taskTools: Record<string, Fixture> = {
  greet: {
    description: 'Greets at once',
    inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    run: ({ name }) => text(`Hello, ${name}!`),
  },

  slow_compute: {
    description: 'Takes some seconds',
    inputSchema: {
      type: 'object',
      properties: { seconds: { type: 'number' }, label: { type: 'string' } },
      required: ['seconds'],
    },
    task: mayBeTask,
    run: async ({ seconds, label = '' }, { mcpReq }) => {
      await wait(Number(seconds) * 1_000, undefined, { signal: mcpReq.signal });
      return text(`Computed ${label} in ${seconds} s.`);
    },
  },

  failing_job: {
    description: 'Fails after a second, and only as a task',
    task: { isRequired: true },
    run: async () => {
      await wait(1_000);
      return { ...text('The job has failed.'), isError: true };
    },
  },

  protocol_error_job: {
    description: 'Ends in an error of the protocol',
    task: mayBeTask,
    run: () => {
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'The job has broken down.');
    },
  },

  confirm_delete: {
    description: 'Asks before it deletes a file',
    inputSchema: { type: 'object', properties: { filename: { type: 'string' } }, required: ['filename'] },
    task: mayBeTask,
    run: ({ filename }, { mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmed);
      if (answer) return text(answer.confirm ? `Deleted ${filename}.` : `Kept ${filename}.`);
      const question = { message: `Delete ${filename}?`, requestedSchema: confirmed };
      return inputRequired({ inputRequests: { confirm: inputRequired.elicit(question) } });
    },
  },

  multi_input: {
    description: 'Asks two things at once',
    task: mayBeTask,
    run: (_args, { mcpReq }) => {
      const first = acceptedContent(mcpReq.inputResponses, 'first', named);
      const second = acceptedContent(mcpReq.inputResponses, 'second', named);
      if (first && second) return text(`${first.name} and ${second.name}`);
      return inputRequired({
        inputRequests: {
          ...(!first && { first: askName('The first name?') }),
          ...(!second && { second: askName('The second name?') }),
        },
      });
    },
  },

  test_tool_with_task: {
    description: 'Asks for a name and then goes on as a task',
    task: {
      isRequired: true,
      ask: (_args, { mcpReq }) =>
        acceptedContent(mcpReq.inputResponses, 'user_name', named)
          ? undefined
          : inputRequired({ inputRequests: { user_name: askName('What is your name?') } }),
    },
    run: async (_args, { mcpReq }) => {
      await wait(200);
      return text(`The task of ${acceptedContent(mcpReq.inputResponses, 'user_name', named)?.name} is done.`);
    },
  },
};
