import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { type Fixture, text } from './fixture.ts';
import { type State, states } from './request-state.ts';

const named = z.object({ name: z.string() });
const coloured = z.object({ color: z.string() });
const confirmed = z.object({ ok: z.boolean() });
/** What a request of 2026-07-28 tells about its client. The SDK checks it, but gives it no type. */
const declaring = z.object({ [CLIENT_CAPABILITIES_META_KEY]: z.record(z.string(), z.looseObject({})) });

/**
 * Tools that need something from the client before they can answer (MCP 2026-07-28, multi round-trip requests).
 * They return what they ask for; to a client of 2025 the SDK would put it as requests of the server.
 */
export const askingTools: Record<string, Fixture> = {
  test_input_required_result_elicitation: {
    description: 'Asks for a name and greets it',
    run: (_args, context) => greet(context),
  },

  test_input_required_result_sampling: {
    description: "Asks the client's model a question",
    run: (_args, context) => answerOfModel(context, 'capital_question', 'What is the capital of France?', 100),
  },

  test_input_required_result_list_roots: {
    description: "Asks for the client's roots",
    run: (_args, { mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
      return answer.kind === 'roots'
        ? text(`Roots: ${answer.roots.map(({ uri }) => uri).join(', ')}`)
        : ask({ client_roots: inputRequired.listRoots() });
    },
  },

  test_input_required_result_request_state: {
    description: 'Asks for a confirmation and recognises its own state',
    run: (_args, context) => confirm(context),
  },

  test_input_required_result_tampered_state: {
    description: 'Asks for a confirmation and refuses a state that is not its own',
    run: (_args, context) => confirm(context),
  },

  test_input_required_result_multiple_inputs: {
    description: 'Asks for a name, a greeting and the roots at once',
    run: async (_args, context) => {
      const { inputResponses } = context.mcpReq;
      const name = acceptedContent(inputResponses, 'user_name', named)?.name;
      const greeting = inputResponse(inputResponses, 'greeting');
      const roots = inputResponse(inputResponses, 'client_roots');
      if (name !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') {
        return text(
          `${name} has ${roots.roots.length} roots and is greeted: ${JSON.stringify(greeting.result.content)}`,
        );
      }
      return inputRequired({
        inputRequests: {
          user_name: askName('What is your name?'),
          greeting: askModel('Generate a greeting', 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.seal({ awaiting: 'all' } satisfies State, context),
      });
    },
  },

  test_input_required_result_multi_round: {
    description: 'Asks for a name, then for a colour',
    run: async (_args, context) => {
      const { inputResponses } = context.mcpReq;
      const state = context.mcpReq.requestState<State>();
      const color = acceptedContent(inputResponses, 'step2', coloured)?.color;
      if (state?.awaiting === 'step2' && color !== undefined) return text(`${state.name} likes ${color}.`);
      const name = acceptedContent(inputResponses, 'step1', named)?.name ?? state?.name;
      if (state === undefined || name === undefined) {
        return inputRequired({
          inputRequests: { step1: askName('Step 1: What is your name?') },
          requestState: await states.seal({ awaiting: 'step1' } satisfies State, context),
        });
      }
      const step2 = inputRequired.elicit({
        message: 'Step 2: What is your favorite color?',
        requestedSchema: coloured,
      });
      return inputRequired({
        inputRequests: { step2 },
        requestState: await states.seal({ awaiting: 'step2', name } satisfies State, context),
      });
    },
  },

  test_input_required_result_capabilities: {
    description: 'Asks only for what the client says it can give',
    run: (_args, { mcpReq }) => {
      const able = declaring.safeParse(mcpReq.envelope).data?.[CLIENT_CAPABILITIES_META_KEY];
      const questions = {
        ...(able?.elicitation && { user_name: askName('What is your name?') }),
        ...(able?.sampling && { greeting: askModel('Generate a greeting', 50) }),
        ...(able?.roots && { client_roots: inputRequired.listRoots() }),
      };
      const answered = Object.keys(questions).every(
        (key) => inputResponse(mcpReq.inputResponses, key).kind !== 'missing',
      );
      return answered ? text('Nothing is left to ask.') : ask(questions);
    },
  },

  test_missing_capability: {
    description: 'Needs a client with a model',
    run: (_args, context) => answerOfModel(context, 'answer', 'Are you there?', 10),
  },

  test_streaming_elicitation: {
    description: 'Asks for a name while its answer may be streamed',
    run: (_args, context) => greet(context),
  },

  test_sampling: {
    description: "Passes a prompt to the client's model",
    inputSchema: { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
    run: ({ prompt }, context) => answerOfModel(context, 'answer', String(prompt), 100),
  },

  test_elicitation: {
    description: 'Asks the user for a name and an address',
    inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    run: ({ message }, context) =>
      answerOfUser(context, 'User response', String(message), {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      }),
  },

  test_elicitation_sep1034_defaults: {
    description: 'Asks the user with a default for each primitive type',
    run: (_args, context) =>
      answerOfUser(context, 'Elicitation completed', 'Please check these values', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      }),
  },

  test_elicitation_sep1330_enums: {
    description: 'Asks the user with each kind of enumeration',
    run: (_args, context) =>
      answerOfUser(context, 'Elicitation completed', 'Please choose', {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
          titledSingle: { type: 'string', oneOf: titled('Option') },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
          titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
        },
      }),
  },
};

function titled(noun: string) {
  return ['First', 'Second', 'Third'].map((ordinal, at) => ({ const: `value${at + 1}`, title: `${ordinal} ${noun}` }));
}

function ask(inputRequests: Record<string, InputRequest>): InputRequiredResult {
  return inputRequired({ inputRequests });
}

function askName(message: string): InputRequest {
  return inputRequired.elicit({ message, requestedSchema: named });
}

function askModel(prompt: string, maxTokens: number): InputRequest {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  });
}

function greet({ mcpReq }: ServerContext) {
  const answer = acceptedContent(mcpReq.inputResponses, 'user_name', named);
  return answer ? text(`Hello, ${answer.name}!`) : ask({ user_name: askName('What is your name?') });
}

function answerOfModel({ mcpReq }: ServerContext, key: string, prompt: string, maxTokens: number) {
  const answer = inputResponse(mcpReq.inputResponses, key);
  if (answer.kind !== 'sampling') return ask({ [key]: askModel(prompt, maxTokens) });
  const { content } = answer.result;
  return text(`LLM response: ${'text' in content ? content.text : JSON.stringify(content)}`);
}

type ElicitationSchema = Parameters<typeof inputRequired.elicit>[0]['requestedSchema'];

function answerOfUser({ mcpReq }: ServerContext, label: string, message: string, requestedSchema: ElicitationSchema) {
  const answer = inputResponse(mcpReq.inputResponses, 'answer');
  return answer.kind === 'elicit'
    ? text(`${label}: action=${answer.action}, content=${JSON.stringify(answer.content)}`)
    : ask({ answer: inputRequired.elicit({ message, requestedSchema }) });
}

async function confirm(context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
  const answer = acceptedContent(context.mcpReq.inputResponses, 'confirm', confirmed);
  if (answer && context.mcpReq.requestState<State>()?.awaiting === 'confirm') return text(`state-ok, ${answer.ok}`);
  return inputRequired({
    inputRequests: { confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: confirmed }) },
    requestState: await states.seal({ awaiting: 'confirm' } satisfies State, context),
  });
}
