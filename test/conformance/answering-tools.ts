import { setTimeout as wait } from 'node:timers/promises';
import { type Fixture, png, text, wav } from './fixture.ts';

const stepMs = 50;

/** Tools that answer by themselves: every kind of content, failure, progress, logging and schema. */
export const answeringTools: Record<string, Fixture> = {
  test_simple_text: {
    description: 'Answers with a text',
    run: () => text('This is a simple text response for testing.'),
  },

  test_image_content: {
    description: 'Answers with an image',
    run: () => ({ content: [{ type: 'image', ...png }] }),
  },

  test_audio_content: {
    description: 'Answers with a sound',
    run: () => ({ content: [{ type: 'audio', ...wav }] }),
  },

  test_embedded_resource: {
    description: 'Answers with an embedded resource',
    run: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },

  test_multiple_content_types: {
    description: 'Answers with a text, an image and a resource',
    run: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        { type: 'image', ...png },
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: JSON.stringify({ test: 'data', value: 123 }),
          },
        },
      ],
    }),
  },

  test_error_handling: {
    description: 'Always fails',
    run: () => ({ ...text('This tool intentionally returns an error for testing'), isError: true }),
  },

  test_tool_with_progress: {
    description: 'Tells how far it is',
    run: async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progress > 0) await wait(stepMs);
        if (progressToken === undefined) continue;
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      }
      return text('Done.');
    },
  },

  test_tool_with_logging: {
    description: 'Logs three lines to the client',
    run: async (_args, { mcpReq }) => {
      await mcpReq.log('info', 'Tool execution started');
      await wait(stepMs);
      await mcpReq.log('info', 'Tool processing data');
      await wait(stepMs);
      await mcpReq.log('info', 'Tool execution completed');
      return text('Done.');
    },
  },

  test_reconnection: {
    description: 'Ends its stream before it answers, for the client to come back',
    run: async (_args, { http }) => {
      http?.closeSSE?.();
      await wait(2 * stepMs);
      return text('Reconnected.');
    },
  },

  test_logging_tool: {
    description: 'Logs one line, to clients that asked for logs',
    run: async (_args, { mcpReq }) => {
      await mcpReq.log('info', 'A line that only a client with a log level gets');
      return text('Done.');
    },
  },

  test_x_mcp_header: {
    description: 'Has an argument that clients repeat in a header',
    inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
    run: ({ region }) => text(`Region: ${region}`),
  },

  json_schema_2020_12_tool: {
    description: 'Has a schema with keywords of JSON Schema 2020-12',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // biome-ignore lint/suspicious/noThenProperty: it is the keyword of JSON Schema
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    run: (args) => text(JSON.stringify(args)),
  },
};
