import { isObject, itemsOf, membersOf } from '../json-object.ts';
import { shapeOf } from '../schemas/shape.ts';
import { type JsonSchema, visitSubschemas } from '../schemas/subschemas.ts';

/** A tool as one form shows it. */
export interface ShownTool {
  name: string;
  description: string;
  schema: JsonSchema;
}

/** Something that a client is known to refuse or to drop a tool for. */
export interface ClientRule {
  client: string;
  /** The place in the schema, or `#`, that breaks the rule; `undefined` when nothing does. */
  broken(tool: ShownTool): string | undefined;
  because: string;
}

/** The name that the guide to clients gives the server; whoever configures a client may choose another. */
const serverName = 'gatehouse';

const arrayWithoutItems = anywhere(
  ({ type, items }) => (type === 'array' || itemsOf(type).includes('array')) && !items,
);
const plainArrayWithoutItems = anywhere(
  ({ type, items }) => type === 'array' && !items,
  ['$defs', 'prefixItems', 'dependentSchemas'],
);

/**
 * What is known of clients, from their documentation, their source or the messages with which they refuse. Limits that
 * nobody states are not here, nor those that only hold for strict modes, in which a tool without optional arguments is
 * all that is accepted.
 */
export const clientRules: readonly ClientRule[] = [
  // platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools: ^[a-zA-Z0-9_-]{1,128}$. Claude Code puts
  // `mcp__SERVER__` before the name, and the whole is what counts (anthropics/claude-code#96152).
  {
    client: 'claude',
    broken: ({ name }) => (/^[\w-]{1,128}$/.test(`mcp__${serverName}__${name}`) ? undefined : '#'),
    because: 'Claude wants at most 128 letters, digits, _ and - in a tool name, with the server’s before it',
  },
  // "input_schema does not support oneOf, allOf, or anyOf at the top level"; Claude Code drops such a tool silently
  // (anthropics/claude-code#95504), and every tool of the server for a root that is no object (#88049).
  { client: 'claude', broken: rootWith('oneOf', 'allOf', 'anyOf'), because: 'Claude takes no composition at the root' },
  { client: 'claude', broken: rootIsNoObject, because: 'Claude wants an object at the root' },
  // "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'", checked at the root alone
  // (anthropics/claude-code and aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#709).
  {
    client: 'claude',
    broken: argumentName,
    because: 'Claude wants 1 to 64 letters, digits, _, . and - in argument names',
  },
  // platform.openai.com/docs/api-reference: a function's name.
  { client: 'chatgpt', broken: longName(64), because: 'OpenAI wants 1 to 64 letters, digits, _ and - in a tool name' },
  // "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'const'/'not' at the top level"
  // (langchain-ai/langchainjs#9804, goruck/home-generative-agent#545).
  {
    client: 'chatgpt',
    broken: rootWith('oneOf', 'anyOf', 'allOf', 'enum', 'const', 'not'),
    because: 'OpenAI takes no composition and no list of values at the root',
  },
  { client: 'chatgpt', broken: rootIsNoObject, because: 'OpenAI wants an object at the root' },
  // "In context=(), object schema missing properties" (spring-projects/spring-ai#4776).
  {
    client: 'chatgpt',
    broken: ({ schema }) => (isObject(schema.properties) ? undefined : '#'),
    because: 'OpenAI wants `properties` at the root, even if there are none',
  },
  // "array schema missing items", also for one of several types (streamnative/streamnative-mcp-server#26,
  // campfirein/byterover-cli#42).
  {
    client: 'chatgpt',
    broken: arrayWithoutItems,
    because: 'OpenAI wants `items` in every array',
  },
  // src/extension/tools/common/toolSchemaNormalizer.ts of microsoft/vscode-copilot-chat: "tool parameters array type
  // must have items" fails the request. It sees less than OpenAI: it follows no references and looks into no tuples.
  {
    client: 'vs_code',
    broken: (tool) => arrayWithoutItems(tool) && plainArrayWithoutItems(tool),
    because: 'VS Code wants `items` in every array',
  },
  // docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html.
  { client: 'bedrock', broken: longName(64), because: 'Bedrock wants 1 to 64 letters, digits, _ and - in a tool name' },
  {
    client: 'bedrock',
    broken: ({ description }) => (description.length > 0 ? undefined : '#'),
    because: 'Bedrock wants a description that is not empty',
  },
  // "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object"
  // (cognitect-labs/aws-api#272).
  { client: 'bedrock', broken: rootIsNoObject, because: 'Bedrock wants an object at the root' },
  // Anthropic's models refuse by Bedrock what they refuse elsewhere (code-yeongyu/senpi#1947 and as above).
  {
    client: 'bedrock',
    broken: rootWith('oneOf', 'allOf', 'anyOf'),
    because: 'Claude on Bedrock takes no composition at the root',
  },
  {
    client: 'bedrock',
    broken: argumentName,
    because: 'Claude on Bedrock wants 1 to 64 letters, digits, _, . and - in argument names',
  },
  // "Combined server and tool name length (60) exceeds 60 characters" (ComposioHQ/composio#2788): 59 are left.
  {
    client: 'cursor',
    broken: ({ name }) => (serverName.length + name.length < 60 ? undefined : '#'),
    because: `Cursor leaves out tools whose name has, with the server’s (${serverName}), more than 59 characters`,
  },
];

function longName(most: number): ClientRule['broken'] {
  return ({ name }) => (/^[\w-]+$/.test(name) && name.length <= most ? undefined : '#');
}

function rootIsNoObject({ schema }: ShownTool): string | undefined {
  return schema.type === 'object' ? undefined : '#';
}

function rootWith(...keywords: string[]): ClientRule['broken'] {
  return ({ schema }) => {
    const found = keywords.find((keyword) => schema[keyword] !== undefined);
    return found && `#/${found}`;
  };
}

function argumentName({ schema }: ShownTool): string | undefined {
  const name = membersOf(schema.properties).find(([key]) => !/^[A-Za-z0-9_.-]{1,64}$/.test(key))?.[0];
  return name === undefined ? undefined : `#/properties/${name}`;
}

/**
 * Where the first schema is that `isBad`, which none is in the safe form; what many tools share is looked through once.
 */
function anywhere(isBad: (schema: JsonSchema) => boolean, skipped: readonly string[] = []): ClientRule['broken'] {
  const found = new WeakMap<JsonSchema, string>();
  const find = (schema: JsonSchema): string => {
    if (shapeOf(schema).isSoft) return '';
    const known = found.get(schema);
    if (known !== undefined) return known;
    let place = isBad(schema) ? '#' : '';
    let isLeaf = true;
    visitSubschemas(schema, (inner, { keyword, key }) => {
      isLeaf = false;
      const below = place === '' && !skipped.includes(keyword) ? find(inner) : '';
      if (below !== '') place = `#/${keyword}${key === undefined ? '' : `/${key}`}${below.slice(1)}`;
    });
    if (!isLeaf) found.set(schema, place);
    return place;
  };
  return ({ schema }) => find(schema) || undefined;
}
