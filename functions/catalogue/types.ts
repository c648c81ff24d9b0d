import * as z from 'zod/mini';

const jsonObject = z.record(z.string(), z.unknown());

/** `read` changes nothing; `write` changes data; `privileged` is destructive or needs special trust. */
export const riskLevelSchema = z.enum(['read', 'write', 'privileged']);
export type RiskLevel = z.infer<typeof riskLevelSchema>;

/** Names are what a URL segment and a table key can carry without encoding. */
export const nameSchema = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));

/** 1–64 characters that every MCP client accepts as a tool name. `__proto__` is no key that an object can be trusted with. */
export const toolNameSchema = z.string().check(z.regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/));

/**
 * Values by name, in an object without a prototype: the names come from outside, and looking up `constructor` or
 * `toString` must find nothing.
 */
function byName<T extends z.core.$ZodType>(schema: T) {
  return z.pipe(
    z.record(nameSchema, schema),
    z.transform((named) => Object.assign(Object.create(null) as typeof named, named)),
  );
}

/** Where one argument goes, after OpenAPI's `in`, `name`, `style` and `explode`. */
export const parameterBindingSchema = z.object({
  argument: z.string(),
  in: z.enum(['path', 'query', 'querystring', 'header', 'cookie']),
  name: z.string(),
  /** `tabDelimited` is the `tsv` of Swagger 2.0. */
  style: z.enum([
    'simple',
    'label',
    'matrix',
    'form',
    'spaceDelimited',
    'pipeDelimited',
    'tabDelimited',
    'deepObject',
    'cookie',
  ]),
  explode: z.boolean(),
  allow_reserved: z.optional(z.boolean()),
  /** Set when the parameter is described by `content`, as a whole query string always is: it is sent as this type. */
  content_type: z.optional(z.string()),
});
export type ParameterBinding = z.infer<typeof parameterBindingSchema>;

/** How one property of a form or multipart body is written, after OpenAPI's Encoding Object. */
export const propertyEncodingSchema = z.object({
  /** The media type of a part, or several by comma of which a file may have any; without a style also that of a pair. */
  content_type: z.optional(z.string()),
  style: z.optional(z.enum(['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'])),
  explode: z.optional(z.boolean()),
  allow_reserved: z.optional(z.boolean()),
  /** The argument is base64 or a `data:` URI and the part a file of its bytes. */
  binary: z.optional(z.boolean()),
  /** Headers of a multipart part, beside those that say its name and type. */
  headers: z.optional(z.record(z.string(), z.string())),
});
export type PropertyEncoding = z.infer<typeof propertyEncodingSchema>;

/** How the request body is made: either one argument as a whole, or an object of several arguments. */
const bodyBindingSchema = z.object({
  content_type: z.string(),
  required: z.boolean(),
  /** The argument that is the whole body. */
  argument: z.optional(z.string()),
  /** Arguments that are the body's properties: argument name → property name. */
  properties: z.optional(z.record(z.string(), z.string())),
  /** By property name, where a form or multipart body departs from the default of its content type. */
  encoding: z.optional(z.record(z.string(), propertyEncodingSchema)),
  /** Of a multipart body that is a list: how each item is written. */
  items: z.optional(propertyEncodingSchema),
  /** Bytes go as base64 text rather than as they are. */
  base64: z.optional(z.boolean()),
});
export type BodyBinding = z.infer<typeof bodyBindingSchema>;

/** An operation of a backend: what carries a call out over HTTP. */
export const httpBindingSchema = z.object({
  kind: z.literal('http'),
  backend: nameSchema,
  /** Path template below the backend's base URL, `/v1/dealers/{id}`. */
  api_endpoint: z.string(),
  /** Upper case. */
  http_method: z.string(),
  parameters: z.array(parameterBindingSchema),
  body: z.optional(bodyBindingSchema),
  /** Parameters that have one possible value and are therefore no arguments. */
  constants: z.optional(
    z.array(z.object({ in: z.enum(['path', 'query', 'header', 'cookie']), name: z.string(), value: z.string() })),
  ),
});
export type HttpBinding = z.infer<typeof httpBindingSchema>;

/** The hints of MCP's `ToolAnnotations`. */
const annotationsSchema = z.object({
  readOnlyHint: z.boolean(),
  destructiveHint: z.boolean(),
  idempotentHint: z.boolean(),
  openWorldHint: z.boolean(),
});

const exampleSchema = z.object({ input: jsonObject, output: z.optional(z.unknown()) });

const overridable = {
  title: z.string().check(z.minLength(1), z.maxLength(200)),
  description: z.string().check(z.minLength(1), z.maxLength(10_000)),
  risk_level: riskLevelSchema,
  enabled: z.boolean(),
  domain: z.string().check(z.minLength(1), z.maxLength(64)),
  positive_examples: z.array(exampleSchema).check(z.maxLength(20)),
  long_running: z.boolean(),
  requires_confirmation: z.boolean(),
};

/** What an operator may set on an imported tool. Survives re-import. */
const toolOverrideSchema = z.exactPartial(z.strictObject(overridable));
export type ToolOverride = z.infer<typeof toolOverrideSchema>;

/** A change of an override: a value sets its field, `null` gives the field back to the import. */
export const toolOverridePatchSchema = z.exactPartial(
  z.strictObject({
    title: z.nullable(overridable.title),
    description: z.nullable(overridable.description),
    risk_level: z.nullable(overridable.risk_level),
    enabled: z.nullable(overridable.enabled),
    domain: z.nullable(overridable.domain),
    positive_examples: z.nullable(overridable.positive_examples),
    long_running: z.nullable(overridable.long_running),
    requires_confirmation: z.nullable(overridable.requires_confirmation),
  }),
);
export type ToolOverridePatch = z.infer<typeof toolOverridePatchSchema>;

/** What an override may change, directly or in consequence, as the import had it. */
const importedTraitsSchema = z.object({
  title: z.optional(z.string()),
  description: z.string(),
  risk_level: riskLevelSchema,
  enabled: z.boolean(),
  domain: z.string(),
  positive_examples: z.array(exampleSchema),
  annotations: annotationsSchema,
  long_running: z.optional(z.boolean()),
});
export type ImportedTraits = z.infer<typeof importedTraitsSchema>;

/** One callable operation, as the design's "A tool" shows it. */
export const toolSchema = z.object({
  name: toolNameSchema,
  title: z.optional(z.string()),
  description: z.string(),
  /** The version of the document that it came from (`info.version`). */
  version: z.string(),
  enabled: z.boolean(),
  domain: z.string(),
  tags: z.array(z.string()),
  risk_level: riskLevelSchema,
  requires_elevation: z.boolean(),
  /** Whoever uses the client is asked for consent to each call. Set by operators alone. */
  requires_confirmation: z.optional(z.boolean()),
  deprecated: z.optional(z.boolean()),
  /** It may run as a task, for clients that know tasks; the others are answered directly. */
  long_running: z.optional(z.boolean()),
  /** The whole schema, by which arguments are validated. */
  input_schema: jsonObject,
  /** What clients are shown in its place unless they ask for the whole; absent when there is no difference. */
  client_schema: z.optional(jsonObject),
  /** Names of properties in `client_schema` that stand for others: alias → name. */
  aliases: z.optional(z.record(z.string(), z.string())),
  output_schema: z.optional(jsonObject),
  annotations: annotationsSchema,
  positive_examples: z.array(exampleSchema),
  binding: httpBindingSchema,
  source_spec: nameSchema,
  /** The catalogue revision in which this definition became current. */
  spec_revision: z.number(),
  /** `sha256:` and the hex digest of the definition without revision, version and hash. */
  content_hash: z.string(),
});
export type Tool = z.infer<typeof toolSchema>;

/** What an import produces: a tool that no revision has adopted yet. */
export type ImportedTool = Omit<Tool, 'spec_revision' | 'content_hash' | 'source_spec'>;

const headerName = z.string().check(z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/));

/** How the gateway authenticates itself to a backend. Secrets stand in the credential, never here. */
const backendAuthSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({
    mode: z.literal('apiKey'),
    credential: nameSchema,
    in: z.enum(['header', 'query']),
    name: headerName,
  }),
  z.strictObject({ mode: z.literal('bearer'), credential: nameSchema }),
  z.strictObject({ mode: z.literal('basic'), credential: nameSchema }),
]);
export type BackendAuth = z.infer<typeof backendAuthSchema>;

/** A REST API behind the gateway. Milliseconds and bytes. */
export const backendSchema = z.strictObject({
  name: nameSchema,
  base_url: z.string(),
  description: z.optional(z.string().check(z.maxLength(1000))),
  auth: backendAuthSchema,
  /** Fixed headers, sent with every call. */
  headers: z._default(z.record(headerName, z.string().check(z.regex(/^[\t\x20-\x7e]*$/))), {}),
  connect_timeout_ms: z._default(z.int().check(z.minimum(100), z.maximum(30_000)), 5_000),
  read_timeout_ms: z._default(z.int().check(z.minimum(100), z.maximum(600_000)), 30_000),
  max_response_bytes: z._default(z.int().check(z.minimum(1_024), z.maximum(50 * 1_048_576)), 5 * 1_048_576),
});
export type Backend = z.infer<typeof backendSchema>;

/** A description in several files, of which one is the document and refers to the others. */
export const bundleSchema = z.object({
  /** The path of the document among `files`. */
  entry: z.string(),
  /** Paths are relative to the root of the bundle: `schemas/pet.yaml`. */
  files: z.array(z.object({ path: z.string(), text: z.string() })),
  /** What of the archive is not among them, and why. */
  left_out: z.optional(z.array(z.string())),
});
export type Bundle = z.infer<typeof bundleSchema>;

/** Where a document says that its API is; nothing is sent there unless somebody makes it a backend's `base_url`. */
const serverSuggestionSchema = z.object({
  /** As written. */
  url: z.string(),
  /** With the defaults of its variables; absent where `problem` says why no backend should have it. */
  base_url: z.optional(z.string()),
  description: z.optional(z.string()),
  variables: z.optional(
    z.array(
      z.object({
        name: z.string(),
        default: z.optional(z.string()),
        enum: z.optional(z.array(z.string())),
        description: z.optional(z.string()),
      }),
    ),
  ),
  problem: z.optional(z.string()),
});
export type ServerSuggestion = z.infer<typeof serverSuggestionSchema>;

/** A kind of credential that a document knows, after OpenAPI's Security Scheme Object. */
const securitySchemeSchema = z.object({
  name: z.string(),
  /** `apiKey`, `http`, `oauth2`, `openIdConnect`, `mutualTLS`. */
  type: z.string(),
  /** Of an `apiKey`: where it goes, and the name that it has there. */
  in: z.optional(z.string()),
  parameter: z.optional(z.string()),
  /** Of `http`: `basic`, `bearer`. */
  scheme: z.optional(z.string()),
  openid_connect_url: z.optional(z.string()),
  flows: z.optional(
    z.array(
      z.object({
        flow: z.string(),
        authorization_url: z.optional(z.string()),
        token_url: z.optional(z.string()),
        scopes: z.array(z.string()),
      }),
    ),
  ),
  description: z.optional(z.string()),
});
export type SecurityScheme = z.infer<typeof securitySchemeSchema>;

/** Credentials that an operation asks for together; none means that it can be called without. */
const credentialRequirementSchema = z.array(z.object({ scheme: z.string(), scopes: z.array(z.string()) }));
export type CredentialRequirement = z.infer<typeof credentialRequirementSchema>;

/** The forms of a tool's schema that a client can be shown. */
const schemaFormSchema = z.enum(['safe', 'lossless']);
export type SchemaForm = z.infer<typeof schemaFormSchema>;

/** That a client will not take a tool in a form, and why. */
const lintFindingSchema = z.object({ client: z.string(), form: schemaFormSchema, problem: z.string() });
export type LintFinding = z.infer<typeof lintFindingSchema>;

/** How many of a document's tools a client takes in a form. */
const clientCountSchema = z.object({
  client: z.string(),
  form: schemaFormSchema,
  accepted: z.number(),
  refused: z.number(),
});
export type ClientCount = z.infer<typeof clientCountSchema>;

/** One line of the import report. */
const operationReportSchema = z.object({
  method: z.string(),
  path: z.string(),
  operation_id: z.optional(z.string()),
  status: z.enum(['ok', 'lowered', 'skipped']),
  tool: z.optional(z.string()),
  /** What was lowered or why it was skipped; each a sentence with the place in the document. */
  notes: z.array(z.string()),
  /** What in its wording could steer a model or hide something from people; each a sentence with its place. */
  flags: z.optional(z.array(z.string())),
  /** Which clients will not take the tool, and why; absent when all will. */
  lint: z.optional(z.array(lintFindingSchema)),
  /** One of these alternatives is needed to call it; absent where the document says nothing. */
  security: z.optional(z.array(credentialRequirementSchema)),
});
export type OperationReport = z.infer<typeof operationReportSchema>;

export const importReportSchema = z.object({
  title: z.string(),
  /** `info.version` of the document. */
  version: z.string(),
  /** The dialect as written: `2.0`, `3.0.3`, `3.1.0`. */
  dialect: z.string(),
  operations: z.array(operationReportSchema),
  tools: z.number(),
  lowered: z.number(),
  skipped: z.number(),
  /** Things about the document as a whole that a person can act on. */
  warnings: z.array(z.string()),
  clients: z.optional(z.array(clientCountSchema)),
  servers: z.optional(z.array(serverSuggestionSchema)),
  security_schemes: z.optional(z.array(securitySchemeSchema)),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** An imported document, as `HEAD` names it. */
const specSchema = z.object({
  name: nameSchema,
  backend: nameSchema,
  title: z.string(),
  version: z.string(),
  /** The catalogue revision under which this document and its report are kept. */
  revision: z.number(),
  document_hash: z.string(),
  tools: z.number(),
  lowered: z.number(),
  skipped: z.number(),
  imported_at: z.string(),
  /** Proposed definitions that nobody has decided about yet. */
  awaiting_approval: z._default(z.number(), 0),
});
export type Spec = z.infer<typeof specSchema>;

/** A definition without what only a publication can give it. */
const definitionSchema = z.omit(toolSchema, { spec_revision: true, content_hash: true });
export type Definition = z.infer<typeof definitionSchema>;

/** Why a definition that a document brings waits for somebody's consent. */
export const holdReasonSchema = z.enum([
  'risk_raised',
  'privileged_tool_added',
  'description_rewritten',
  'instructions_in_wording',
]);
export type HoldReason = z.infer<typeof holdReasonSchema>;

/** A definition that a document brings and that is not live: it waits for consent, or was refused it. */
const heldToolSchema = z.object({
  /** As the document has it; what operators have set applies when it goes live. */
  definition: definitionSchema,
  /** Of `definition`: consent is given to this and to nothing else. */
  content_hash: z.string(),
  reasons: z.array(holdReasonSchema),
  /** When it was first proposed, ISO 8601. */
  held_at: z.string(),
  /** The revision under which the document is kept that first proposed it. */
  revision: z.number(),
  /** Set when it was rejected; it then stays away as long as documents propose the same. */
  rejected_at: z.optional(z.string()),
});
export type HeldTool = z.infer<typeof heldToolSchema>;

/** One act of an administrator that changed a spec. */
const specEventSchema = z.object({
  /** The revision that the act made. */
  revision: z.number(),
  action: z.enum(['imported', 'reviewed', 'rolled_back', 'deleted']),
  at: z.string(),
  /** The name of the API key. */
  by: z.string(),
  /** The spec as the act left it; where it was deleted, as it was before. */
  entry: specSchema,
});
export type SpecEvent = z.infer<typeof specEventSchema>;

const promptArgumentSchema = z.strictObject({
  name: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  title: z.optional(z.string().check(z.maxLength(200))),
  description: z.optional(z.string().check(z.maxLength(1_000))),
  required: z._default(z.boolean(), false),
  /** What a client is offered while the argument is typed. */
  values: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(100))),
});

/** A prompt that administrators keep for clients: messages with `{{argument}}` where an argument's text goes. */
export const promptSchema = z.strictObject({
  name: nameSchema,
  title: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /** By which people and models choose it. */
  description: z.string().check(z.minLength(1), z.maxLength(2_000)),
  arguments: z._default(z.array(promptArgumentSchema).check(z.maxLength(20)), []),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        text: z.string().check(z.minLength(1), z.maxLength(20_000)),
      }),
    )
    .check(z.minLength(1), z.maxLength(20)),
  /** Who is shown it, by role; absent: everyone. */
  roles: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.minLength(1), z.maxLength(50))),
});
export type Prompt = z.infer<typeof promptSchema>;

/** A skill that is kept for clients: what `SKILL.md` says of it and which files it has, after the skills extension. */
const skillSchema = z.object({
  name: nameSchema,
  entry: z.object({
    /** Of its `SKILL.md`. */
    uri: z.string(),
    frontmatter: z.looseObject({ name: z.string(), description: z.string() }),
    resources: z.array(z.object({ uri: z.string(), digest: z.string(), size: z.number() })),
  }),
  /** The catalogue revision under which its files are kept. */
  revision: z.number(),
  updated_at: z.string(),
});
export type Skill = z.infer<typeof skillSchema>;

/**
 * The pointer that publishes a catalogue. It carries the few things that every call needs beside its tool,
 * so that a call costs one request to the store.
 */
export const headSchema = z.object({
  revision: z.number(),
  backends: byName(backendSchema),
  specs: byName(specSchema),
  /** Revision numbers that were taken by a publication that never became current; their rows stay invisible. */
  abandoned: z.array(z.number()),
  /** How many skills there are, so that a client can be told whether there are any; absent: none. */
  skills: z.optional(z.number()),
});
export type Head = z.infer<typeof headSchema>;

/** Everything a revision consists of. Immutable once `HEAD` names it. */
export const snapshotSchema = z.object({
  revision: z.number(),
  tools: z.array(toolSchema),
  /** By tool name; also of tools that are not in this revision, so that they find them when they return. */
  overrides: z.record(z.string(), toolOverrideSchema),
  /** By tool name, for tools of this revision that an override changes: what they were without it. */
  imported: z.optional(z.record(z.string(), importedTraitsSchema)),
  /** By tool name: what documents propose and is not live. */
  held: z.optional(z.record(z.string(), heldToolSchema)),
  /** By spec, of deleted ones too: what was done to it, oldest first. */
  history: z.optional(z.record(z.string(), z.array(specEventSchema))),
  prompts: z.optional(byName(promptSchema)),
  skills: z.optional(byName(skillSchema)),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** The pointer of a catalogue in which nothing was published yet. */
export const emptyHead: Head = {
  revision: 0,
  backends: Object.create(null),
  specs: Object.create(null),
  abandoned: [],
};

/** Revision 0, which exists without having been published. */
export const emptySnapshot: Snapshot = { revision: 0, tools: [], overrides: {} };
