import {
  acceptedContent,
  completable,
  type GetPromptResult,
  inputRequired,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { version } from '../../functions/gateway/version.ts';
import type { ServerFace } from '../../functions/mcp/server.ts';
import { png } from './fixture.ts';
import { fixtureSkills } from './fixture-skills.ts';

const hint = { ttlMs: 60_000, cacheScope: 'private' } as const;

/** What the suite expects of a server beside tools: resources, prompts, completion, logging and skills. */
export const fixtureFace: ServerFace = {
  name: 'gatehouse-conformance',
  title: 'Gatehouse with the fixtures of the conformance suite',
  version,
  options: {
    capabilities: {
      resources: {},
      prompts: {},
      completions: {},
      logging: {},
    },
    cacheHints: {
      'resources/list': hint,
      'resources/templates/list': hint,
      'resources/read': hint,
      'prompts/list': hint,
    },
  },
  extend: (mcp) => {
    addResources(mcp);
    addPrompts(mcp);
    fixtureSkills.attach(mcp);
  },
};

function addResources(mcp: McpServer): void {
  mcp.registerResource(
    'static-text',
    'test://static-text',
    { description: 'A text that does not change', mimeType: 'text/plain' },
    ({ href }) => ({
      contents: [{ uri: href, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
    }),
  );
  mcp.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'An image that does not change', mimeType: png.mimeType },
    ({ href }) => ({ contents: [{ uri: href, mimeType: png.mimeType, blob: png.data }] }),
  );
  mcp.registerResource(
    'watched-resource',
    'test://watched-resource',
    { description: 'A text that may be subscribed to', mimeType: 'text/plain' },
    ({ href }) => ({ contents: [{ uri: href, mimeType: 'text/plain', text: 'Nothing has happened.' }] }),
  );
  mcp.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Data of one id', mimeType: 'application/json' },
    ({ href }, { id }) => ({
      contents: [
        {
          uri: href,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  );
}

function addPrompts(mcp: McpServer): void {
  mcp.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments' }, () =>
    prompt(says('This is a simple prompt for testing.')),
  );
  mcp.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A prompt with two arguments',
      argsSchema: z.object({
        arg1: completable(z.string(), (value) => ['paris', 'park', 'party'].filter((each) => each.startsWith(value))),
        arg2: z.string(),
      }),
    },
    ({ arg1, arg2 }) => prompt(says(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  mcp.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt that embeds a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      prompt(
        {
          type: 'resource',
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
        says('Please process the embedded resource above.'),
      ),
  );
  mcp.registerPrompt('test_prompt_with_image', { description: 'A prompt that shows an image' }, () =>
    prompt({ type: 'image', ...png }, says('Please analyze the image above.')),
  );
  mcp.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'A prompt that asks for its context first' },
    ({ mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'user_context', contextual);
      if (answer) return prompt(says(`Context: ${answer.context}`));
      const question = { message: 'What context should the prompt use?', requestedSchema: contextual };
      return inputRequired({ inputRequests: { user_context: inputRequired.elicit(question) } });
    },
  );
}

const contextual = z.object({ context: z.string() });

type Content = GetPromptResult['messages'][number]['content'];

function says(value: string): Content {
  return { type: 'text', text: value };
}

function prompt(...contents: Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: 'user', content })) };
}
