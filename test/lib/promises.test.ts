import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../lib/bundle.ts';
import { gatewayTemplates, type Resource, type Statement, statementsOf, textOf } from './gateway-stacks.ts';

const settings = {
  publicUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/v1',
  rules: [{ name: 'all', roles: ['viewer'], risk_levels: ['read'] }],
  backendHosts: ['*.northwind.dev'],
  scopes: ['mcp.tools'],
  alarmEmail: 'ops@northwind.dev',
};
const { stateful, gateway } = gatewayTemplates(settings);
const functions = gateway.all('AWS::Lambda::Function');
const statements = statementsOf(gateway);
const nameOf = (resource: Resource) => resource.Metadata['gatehouse:function'] ?? '';
const setup = 'setup/first-admin-key';

const adminFunctions = [
  'approve-changes',
  'delete-backend',
  'delete-prompt',
  'delete-skill',
  'delete-spec',
  'delete-tool',
  'get-backend',
  'get-prompt',
  'get-skill',
  'get-spec',
  'get-tool',
  'list-admin-tools',
  'list-backends',
  'list-prompts',
  'list-skills',
  'list-specs',
  'patch-tool',
  'put-backend',
  'put-credential',
  'put-prompt',
  'put-skill',
  'put-spec',
  'roll-back-spec',
];

/** Who has an action on a resource whose name contains the text, sorted. */
function whoMay(action: string, resource: string, holds: (statement: Statement) => boolean = () => true): string[] {
  const holders = statements.filter(
    ({ actions, resources, ...rest }) =>
      actions.includes(action) &&
      resources.some((name) => name.includes(resource)) &&
      holds({ actions, resources, ...rest }),
  );
  return [...new Set(holders.map(({ functionName }) => functionName))].sort();
}

describe('every function', () => {
  it('is there: one for each file of functions/, and the one that issues the first admin key', () => {
    expect(functions.map(nameOf).sort()).toEqual([...functionNames(), setup].sort());
  });

  it.each(functions.map((resource) => [nameOf(resource), resource] as const))(
    '%s is traced, logs JSON to a group of its own, and cannot have its prototypes swapped',
    (_name, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
        Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps --disable-proto=delete' } },
      });
    },
  );

  it('has a role and a log group that no other has', () => {
    const roles = functions.map(({ Properties }) => textOf(Properties.Role));
    expect(new Set(roles).size).toBe(functions.length);
    const groups = functions.map(({ Properties }) => textOf(loggingSchema.parse(Properties.LoggingConfig).LogGroup));
    expect(new Set(groups).size).toBe(functions.length);
    for (const [index, { id }] of functions.entries()) {
      const own = statements.filter(({ functionName }) => functionName === nameOf(functions[index] as Resource));
      const written = own.filter(({ actions }) => actions.includes('logs:PutLogEvents'));
      expect(
        written.map(({ actions, resources }) => ({ actions, resources })),
        id,
      ).toEqual([{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${groups[index]}.Arn`] }]);
    }
  });

  it('is reached by an alias whose new versions take over by a canary that watches that function', () => {
    const aliases = gateway.all('AWS::Lambda::Alias').filter(({ id }) => !id.startsWith('FirstAdminKey'));
    expect(aliases).toHaveLength(functionNames().length);
    for (const { Properties, UpdatePolicy } of aliases) {
      expect(Properties.Name).toBe('live');
      expect(UpdatePolicy).toHaveProperty('CodeDeployLambdaAliasUpdate');
    }
    for (const { Properties } of gateway.all('AWS::CodeDeploy::DeploymentGroup')) {
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        AlarmConfiguration: { Enabled: true, Alarms: [expect.anything()] },
        AutoRollbackConfiguration: { Enabled: true },
      });
    }
  });

  it('waits no longer than API Gateway does', () => {
    const timeouts = Object.fromEntries(functions.map((fn) => [nameOf(fn), fn.Properties.Timeout]));
    const { 'post-mcp': streaming, 'get-mcp': resuming, 'run-task': working, authorize, ...others } = timeouts;
    const { [setup]: once, ...buffered } = others;
    expect({ streaming, resuming, working }).toEqual({ streaming: 900, resuming: 900, working: 900 });
    expect({ authorize, once }).toEqual({ authorize: 8, once: 60 });
    expect(new Set(Object.values(buffered))).toEqual(new Set([29]));
  });

  it('is invoked by Lambda only once for an event: what may be repeated, Lambda does not know', () => {
    const { Properties } = gateway.only('AWS::Lambda::EventInvokeConfig');
    expect(textOf(Properties.FunctionName)).toContain('runtask');
    expect(JSON.stringify(Properties.Qualifier)).toContain('Aliaslive');
    expect(Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });
});

const loggingSchema = z.object({ LogGroup: z.unknown() });

describe('concurrency', () => {
  it('is reserved for the authorizer and the admin routes, so that streams cannot starve them', () => {
    const reserved = functions.filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined);
    expect(reserved.map(nameOf).sort()).toEqual(['authorize', ...adminFunctions].sort());
  });
});

describe('permissions', () => {
  const publishers = [
    'approve-changes',
    'delete-backend',
    'delete-prompt',
    'delete-skill',
    'delete-spec',
    'delete-tool',
    'patch-tool',
    'put-backend',
    'put-prompt',
    'put-skill',
    'put-spec',
    'roll-back-spec',
  ];
  const readers = [
    ...publishers,
    'get-backend',
    'get-mcp',
    'get-spec',
    'get-tool',
    'list-admin-tools',
    'list-backends',
    'list-specs',
    'list-tools',
    'post-mcp',
    'run-task',
    'list-prompts',
    'get-prompt',
    'list-skills',
    'get-skill',
  ].sort();
  /** What carries calls. */
  const carriers = ['get-mcp', 'post-mcp', 'run-task'];
  const sessionKeepers = ['delete-mcp', 'get-mcp', 'post-mcp'];
  const taskKeepers = ['post-mcp', 'run-task'];
  const onResults = ({ condition }: Statement) => condition.includes('["RESULT#*"]');
  const onConsents = ({ condition }: Statement) => condition.includes('["CONSENT#*"]');
  const onTasks = ({ condition }: Statement) => condition.includes('["TASK#*"]');
  const onSessions = ({ condition }: Statement) =>
    condition.includes('["SESSION#*","ANSWER#*","CANCEL#*","STREAM#*","LISTEN#*"]');
  const onCatalogue = ({ condition }: Statement) =>
    condition.includes('["HEAD","TOOL#*","SNAPSHOT#*","SPEC#*","SKILL#*"]');
  const onKeys = ({ condition }: Statement) => condition.includes('["KEY"]');

  it.each([
    ['read the catalogue', 'dynamodb:BatchGetItem', 'TablesCatalogue', readers, onCatalogue],
    ['publish a catalogue', 'dynamodb:PutItem', 'TablesCatalogue', publishers, onCatalogue],
    ['take the number of a revision', 'dynamodb:UpdateItem', 'TablesCatalogue', publishers, onCatalogue],
    ['look up an API key', 'dynamodb:GetItem', 'TablesCatalogue', ['authorize', setup], onKeys],
    ['add an API key', 'dynamodb:PutItem', 'TablesCatalogue', [setup], onKeys],
    ['append an audit record', 'dynamodb:PutItem', 'TablesAudit', carriers, undefined],
    ['append audit records', 'dynamodb:BatchWriteItem', 'TablesAudit', carriers, undefined],
    ['find a session', 'dynamodb:GetItem', 'TablesState', sessionKeepers, onSessions],
    ['keep a session', 'dynamodb:PutItem', 'TablesState', sessionKeepers, onSessions],
    ['end a session', 'dynamodb:DeleteItem', 'TablesState', sessionKeepers, onSessions],
    ['find a task', 'dynamodb:GetItem', 'TablesState', taskKeepers, onTasks],
    ['keep a task', 'dynamodb:PutItem', 'TablesState', taskKeepers, onTasks],
    ['have a function invoked', 'lambda:InvokeFunction', '', ['post-mcp'], undefined],
    ['find a large result', 'dynamodb:GetItem', 'TablesState', carriers, onResults],
    ['keep a large result', 'dynamodb:PutItem', 'TablesState', carriers, onResults],
    ["read a backend's credential", 'secretsmanager:GetSecretValue', '/credentials/*', carriers, undefined],
    ["store a backend's credential", 'secretsmanager:PutSecretValue', '/credentials/*', ['put-credential'], undefined],
    ['create a credential', 'secretsmanager:CreateSecret', '/credentials/*', ['put-credential'], undefined],
    ['read the pepper', 'secretsmanager:GetSecretValue', 'key-pepper-', ['authorize', setup], undefined],
    ['seal the state of a request', 'secretsmanager:GetSecretValue', 'request-state-key-', carriers, undefined],
    ['count a consent once', 'dynamodb:PutItem', 'TablesState', carriers, onConsents],
    ['see that a consent is used up', 'dynamodb:GetItem', 'TablesState', carriers, onConsents],
    ['write the first admin key', 'secretsmanager:PutSecretValue', '/first-admin-key-', [setup], undefined],
  ])('to %s', (_what, action, resource, holders, holds) => {
    expect(whoMay(action, resource, holds)).toEqual(holders);
  });

  it('to have a function invoked name the worker alone, and go when tasks are switched off', () => {
    const invoking = (each: Statement) => each.actions.includes('lambda:InvokeFunction');
    expect(statements.filter(invoking).map(({ resources }) => resources)).toEqual([[expect.stringMatching(/runtask/)]]);
    const without = gatewayTemplates({ ...settings, mcpTasks: false }).gateway;
    expect(statementsOf(without).filter(invoking)).toEqual([]);
    expect(JSON.stringify(without.all('AWS::Lambda::Function'))).not.toContain('GATEHOUSE_TASK_WORKER');
  });

  it('on tables and secrets are those above and no others', () => {
    const known = new Set([
      'dynamodb:BatchGetItem TablesCatalogue',
      'dynamodb:PutItem TablesCatalogue',
      'dynamodb:UpdateItem TablesCatalogue',
      'dynamodb:GetItem TablesCatalogue',
      'dynamodb:PutItem TablesAudit',
      'dynamodb:BatchWriteItem TablesAudit',
      'dynamodb:GetItem TablesState',
      'dynamodb:PutItem TablesState',
      'dynamodb:DeleteItem TablesState',
      'secretsmanager:GetSecretValue /credentials/*',
      'secretsmanager:PutSecretValue /credentials/*',
      'secretsmanager:CreateSecret /credentials/*',
      'secretsmanager:GetSecretValue key-pepper-',
      'secretsmanager:GetSecretValue request-state-key-',
      'secretsmanager:GetSecretValue /first-admin-key-',
      'secretsmanager:PutSecretValue /first-admin-key-',
    ]);
    const granted = statements.flatMap(({ actions, resources }) =>
      actions
        .filter((action) => /^(dynamodb|secretsmanager|s3):/.test(action))
        .flatMap((action) => resources.map((resource) => ({ action, resource }))),
    );
    const others = granted.filter(
      ({ action, resource }) =>
        ![...known].some((line) => line.startsWith(`${action} `) && resource.includes(line.split(' ')[1] ?? '')),
    );
    expect(others).toEqual([]);
  });

  it('on the catalogue table always name its partitions, so that nobody but the authorizer meets a key', () => {
    const unbound = statements.filter(
      ({ resources, condition }) =>
        resources.some((resource) => resource.includes('TablesCatalogue')) &&
        !condition.includes('dynamodb:LeadingKeys'),
    );
    expect(unbound).toEqual([]);
  });

  it('to use the key hold only by way of the service that keeps the data', () => {
    const direct = statements.filter(
      ({ actions, condition }) =>
        actions.some((action) => action.startsWith('kms:')) && !condition.includes('kms:ViaService'),
    );
    expect(direct).toEqual([]);
    const withTables = statements.filter(({ resources }) =>
      resources.some((name) => /Tables(Catalogue|Audit|State)/.test(name)),
    );
    for (const { functionName } of withTables) {
      const opens = statements.some(
        (other) =>
          other.functionName === functionName &&
          other.actions.includes('kms:Decrypt') &&
          other.condition.includes('dynamodb.'),
      );
      expect(opens, functionName).toBe(true);
    }
  });

  it('have a wildcard only where AWS leaves no other way: traces, and the names that administrators choose', () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const wide = statements.flatMap(({ actions, resources }) =>
      resources.filter((resource) => resource.includes('*')).map((resource) => `${actions.join(' ')} on ${resource}`),
    );
    expect([...new Set(wide)].sort()).toEqual([
      'secretsmanager:CreateSecret secretsmanager:PutSecretValue on arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:/gatehouse/credentials/*',
      'secretsmanager:GetSecretValue on arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:/gatehouse/credentials/*',
      'xray:PutTelemetryRecords xray:PutTraceSegments on *',
    ]);
  });
});

describe('the environment', () => {
  const variables = {
    catalogue: ['GATEHOUSE_CATALOGUE_TABLE'],
    audit: ['GATEHOUSE_AUDIT_TABLE'],
    state: ['GATEHOUSE_STATE_TABLE'],
    credentials: ['GATEHOUSE_CREDENTIALS'],
    ownSecrets: ['GATEHOUSE_OWN_SECRETS'],
    identity: ['GATEHOUSE_ISSUERS'],
    metering: ['GATEHOUSE_USAGE_KEYS'],
    policy: ['GATEHOUSE_RULES'],
    endpoint: ['GATEHOUSE_ALLOWED_ORIGINS', 'GATEHOUSE_PUBLIC_URL'],
    metadata: ['GATEHOUSE_SCOPES'],
    egress: ['GATEHOUSE_BACKEND_HOSTS'],
    sessions: ['GATEHOUSE_SESSIONS'],
    tasks: ['GATEHOUSE_TASK_WORKER'],
    subscriptions: ['GATEHOUSE_SUBSCRIPTIONS'],
    listing: ['GATEHOUSE_SEARCH_ABOVE'],
  };
  const opened: Record<string, (keyof typeof variables)[]> = {
    openCatalogue: ['catalogue'],
    openKeyStore: ['catalogue'],
    openAudit: ['audit'],
    openCredentials: ['credentials'],
    openOwnSecrets: ['ownSecrets'],
    openPepper: ['ownSecrets'],
    openRequestStateKey: ['ownSecrets'],
    openState: ['state'],
    openTaskWorker: ['tasks'],
  };
  const common = ['NODE_OPTIONS', 'POWERTOOLS_LOG_LEVEL', 'GATEHOUSE_METRICS_NAMESPACE'];

  /** With what doors share, which stands in files of its own. */
  function sourceOf(path: string): string {
    const text = readFileSync(join(import.meta.dirname, '../../functions', path), 'utf8');
    const shared = [...text.matchAll(/from '\.\/(?:mcp\/)?(open-[\w-]+\.ts)'/g)];
    return [text, ...shared.map(([, file]) => sourceOf(`mcp/${file}`))].join('\n');
  }

  function variablesReadBy(name: string): string[] {
    const source = sourceOf(`${name}.ts`);
    const settingsRead = [...source.matchAll(/readSettings\('(\w+)'/g)].map(([, section]) => section ?? '');
    const storesOpened = [...source.matchAll(/\b(open\w+)\((?:process\.)?env[,)]/g)].flatMap(
      ([, open]) => opened[open ?? ''] ?? [],
    );
    const sections = new Set([...settingsRead, ...storesOpened]);
    return [...sections].flatMap((section) => variables[section as keyof typeof variables] ?? [`? ${section}`]);
  }

  it.each(functions.map((resource) => [nameOf(resource), resource] as const))(
    'of %s has what the function reads, and nothing else',
    (name, { Properties }) => {
      const { Variables } = environmentSchema.parse(Properties.Environment);
      expect(Object.keys(Variables).sort()).toEqual([...new Set(variablesReadBy(name)), ...common].sort());
    },
  );

  it('names the tables and secrets that the permissions are for', () => {
    const of = (name: string) =>
      environmentSchema.parse(functions.find((fn) => nameOf(fn) === name)?.Properties.Environment).Variables;
    expect(textOf(of('post-mcp').GATEHOUSE_CATALOGUE_TABLE)).toContain('TablesCatalogue');
    expect(textOf(of('post-mcp').GATEHOUSE_AUDIT_TABLE)).toContain('TablesAudit');
    expect(of('post-mcp').GATEHOUSE_CREDENTIALS).toBe('secretsmanager:/gatehouse/credentials/');
    expect(of('put-credential').GATEHOUSE_CREDENTIALS).toBe('secretsmanager:/gatehouse/credentials/');
    expect(of('authorize').GATEHOUSE_OWN_SECRETS).toBe('secretsmanager:/gatehouse/own/');
    expect(of(setup).GATEHOUSE_OWN_SECRETS).toBe('secretsmanager:/gatehouse/own/');
    expect(of('post-mcp').GATEHOUSE_PUBLIC_URL).toBe(settings.publicUrl);
  });

  it('holds no secret', () => {
    expect(JSON.stringify(functions)).not.toMatch(/resolve:secretsmanager|SecretString/);
  });
});

const environmentSchema = z.object({ Variables: z.record(z.string(), z.unknown()) });

describe('what is kept', () => {
  const tables = stateful.all('AWS::DynamoDB::GlobalTable');
  const replica = (table: Resource) => z.tuple([z.looseObject({})]).parse(table.Properties.Replicas)[0];

  it('is four tables', () => {
    expect(tables.map(({ id }) => id.replace(/^Tables|[0-9A-F]{8}$/g, ''))).toEqual([
      'Catalogue',
      'State',
      'Audit',
      'Bugs',
    ]);
  });

  it.each(tables.map((table) => [table.id, table] as const))(
    '%s: encrypted with the own key, restorable, protected, and limited in what it may cost',
    (_id, table) => {
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 1000 },
      });
      expect(replica(table)).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        SSESpecification: { KMSMasterKeyId: expect.anything() },
        ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 4000 },
      });
      expect(table.DeletionPolicy).toBe('RetainExceptOnCreate');
    },
  );

  it('expires in the State table only, by the attribute that the state store writes', () => {
    const expiring = tables.filter(({ Properties }) => Properties.TimeToLiveSpecification !== undefined);
    expect(expiring.map(({ id, Properties }) => [id.slice(0, 11), Properties.TimeToLiveSpecification])).toEqual([
      ['TablesState', { AttributeName: 'expires_at', Enabled: true }],
    ]);
  });

  it('has a key that is rotated and survives the stack', () => {
    expect(stateful.only('AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true);
    expect(stateful.only('AWS::KMS::Key').DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('has secrets under the own key, generated and never written into a template', () => {
    const secrets = stateful.all('AWS::SecretsManager::Secret');
    expect(secrets.map(({ Properties }) => Properties.Name)).toEqual([
      '/gatehouse/own/gatehouse-key-pepper',
      '/gatehouse/own/request-state-key',
      '/gatehouse/own/first-admin-key',
    ]);
    for (const { Properties, DeletionPolicy } of secrets) {
      expect(Properties.KmsKeyId).toBeDefined();
      expect(Properties.SecretString).toBeUndefined();
      expect(Properties.GenerateSecretString).toMatchObject({ GenerateStringKey: 'value', PasswordLength: 64 });
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  it('has audit records in a locked, versioned, encrypted bucket without public access', () => {
    const bucket = stateful.all('AWS::S3::Bucket').find(({ id }) => id.startsWith('AuditBucketRecords'));
    expect(bucket?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { DestinationBucketName: expect.anything() },
    });
  });

  it('is in buckets that refuse plain HTTP and old TLS', () => {
    for (const { Properties } of stateful.all('AWS::S3::BucketPolicy')) {
      const policy = JSON.stringify(Properties.PolicyDocument);
      expect(policy).toContain('"aws:SecureTransport":"false"');
      expect(policy).toContain('"s3:TlsVersion":1.2');
    }
  });
});

describe('logs', () => {
  it('live as long as the settings say, all of them', () => {
    const groups = gateway.all('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(functions.length + 1);
    expect(new Set(groups.map(({ Properties }) => Properties.RetentionInDays))).toEqual(new Set([90]));
  });

  it('of requests hold no header, query or body, and data traces, which would, are off', () => {
    const { AccessLogSetting, MethodSettings } = gateway.only('AWS::ApiGateway::Stage').Properties;
    const { Format } = z.object({ Format: z.string() }).parse(AccessLogSetting);
    expect(Format).not.toMatch(/header|querystring|apiKey|userAgent|body|claims|\$context\.path/i);
    expect(JSON.parse(Format)).toMatchObject({
      status: '$context.status',
      principal: '$context.authorizer.principalId',
    });
    expect(MethodSettings).toEqual([expect.objectContaining({ ResourcePath: '/*', DataTraceEnabled: false })]);
  });
});

describe('alarms', () => {
  it.each([
    'ServerErrors',
    'Latency',
    'AuthorizerFailures',
    'Unauthenticated',
    'FunctionThrottles',
    'ThrottledRequests',
    'TableThrottles',
    'DroppedTasks',
    ...functionNames().map((name) => `Faults${name.replaceAll('-', '')}`),
  ])('include %s, and tell the topic', (name) => {
    const alarm = gateway.all('AWS::CloudWatch::Alarm').find(({ id }) => id.startsWith(`Alarms${name}`));
    expect(alarm?.Properties.AlarmActions).toHaveLength(1);
  });

  it('go to an encrypted topic that CloudWatch may use, over TLS', () => {
    expect(gateway.only('AWS::SNS::Topic').Properties.KmsMasterKeyId).toBeDefined();
    expect(JSON.stringify(gateway.only('AWS::KMS::Key').Properties.KeyPolicy)).toContain('cloudwatch.amazonaws.com');
    const policy = JSON.stringify(gateway.only('AWS::SNS::TopicPolicy').Properties.PolicyDocument);
    expect(policy).toContain('"Action":"sns:Publish","Condition":{"StringEquals":{"aws:SourceAccount"');
    expect(policy).toContain('"aws:SecureTransport":"false"');
  });

  it('count no refused credential as a fault of the authorizer', () => {
    const alarm = gateway.all('AWS::CloudWatch::Alarm').find(({ id }) => id.startsWith('AlarmsFaultsauthorize'));
    expect(alarm?.Properties).toMatchObject({ MetricName: 'error_rate', Namespace: 'MCP/Production' });
  });
});

describe('outputs', () => {
  it('tell where the gateway is and where the first key is, not the key', () => {
    expect(gateway.outputs).toMatchObject({
      McpUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/v1/mcp',
      DiscoveryUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/v1/api/mcp/tools',
      MetadataUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/v1/.well-known/oauth-protected-resource/mcp',
      FirstAdminKeySecret: '/gatehouse/own/first-admin-key',
      Issuers: 'none',
      StillToDo: expect.stringContaining('No identity provider is set'),
    });
    expect(JSON.stringify(gateway.outputs)).not.toMatch(/GetAtt|resolve:|gh_/);
    expect(JSON.parse(String(gateway.outputs.ClientSnippet))).toEqual({
      mcpServers: {
        gatehouse: { type: 'http', url: 'https://abc.execute-api.us-east-1.amazonaws.com/v1/mcp' },
      },
    });
  });

  it('of the stateful stack are names and addresses', () => {
    const values = Object.values(stateful.outputs).map(textOf);
    expect(values.filter((value) => !/^(Tables\w+|Key\w+)(\.Arn)?$/.test(value))).toEqual([]);
  });
});
