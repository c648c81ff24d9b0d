import * as z from 'zod';
import type { Report } from './api-gateway/invoke.ts';
import { startApiGateway } from './api-gateway.ts';
import { startMaker } from './custom-resources.ts';
import { startDeployedAccount } from './deployed-account.ts';
import type { PoolOptions } from './environment-pool.ts';
import type { Account, LambdaFunction } from './execution-environment.ts';
import { freePort } from './free-port.ts';
import { accessKeyOf, accessOf, administrator } from './iam/access.ts';
import type { Attempt } from './iam/policy.ts';
import { startIssuer } from './issuer.ts';
import { startLambdaApi } from './lambda-api.ts';
import { functionArn } from './template/resources.ts';
import { type DeployedFunction, readDeployment } from './template.ts';
import { underRuntimeClient } from './under-runtime-client.ts';

export interface DeployableOptions extends Partial<Pick<PoolOptions, 'log' | 'started'>> {
  /** Where `cdk synth` has written to. */
  directory: string;
  /** What the settings of the synthesis call the gateway and its one issuer; on this machine both are elsewhere. */
  publicUrl: string;
  issuer: string;
  /** Further variables that functions find beside their own. */
  variables?: Record<string, string>;
  /** Replaces parts of functions by their names: for tests of functions that misbehave. */
  replace?: Record<string, Partial<DeployedFunction>>;
  /** Told why a client got a 5xx. */
  report?: Report;
  /** Told what the role of a function does not allow, when the function tries it. */
  denied?: (functionName: string, attempt: Attempt) => void;
}

/** A deployment that runs on this machine. */
export interface Deployable {
  url: string;
  /** What an administrator's tools need to reach the tables: region, endpoint, credentials; and the environment of `post-mcp`. */
  env: Record<string, string>;
  functions: LambdaFunction[];
  /** For whoever starts a function on its own. */
  account: Account;
  /** A token of the development issuer, valid for an hour. */
  signToken(subject: string, roles: string[]): Promise<string>;
  /** The first API key, which the deployment has issued to its secret. */
  adminKey: string;
  /** What the stacks tell whoever deploys them. */
  outputs: Record<string, string>;
  /** Ends the processes of a function, as a deployment of it would. */
  restart(functionName: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves what `cdk synth` has written: the routes of the API's body, each function's own bundle under AWS's runtime
 * client with the environment and the permissions that its template gives it, the tables and secrets of the templates.
 * What an account would add is beside it: an issuer, credentials, endpoints on loopback, and leave to call backends
 * there.
 */
export async function startDeployable(options: DeployableOptions): Promise<Deployable> {
  const started: (() => unknown)[] = [];
  const close = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(options, (end) => started.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: DeployableOptions,
  atEnd: (end: () => unknown) => void,
): Promise<Omit<Deployable, 'close'>> {
  const { log = () => {}, started = () => {}, denied = () => {}, replace = {} } = options;
  const port = await freePort(0);
  const url = `http://127.0.0.1:${port}`;
  const issuer = await startIssuer({ audience: `${url}/mcp` });
  atEnd(() => issuer.close());
  const deployment = readDeployment(options.directory, { [options.publicUrl]: url, [options.issuer]: issuer.issuer });
  const { customResources, outputs, document, stage } = deployment;
  const functions = deployment.functions.map((fn) => ({ ...fn, ...replace[fn.name] }));
  const mayDo = accessOf(new Map(functions.map(({ name, statements }) => [name, statements])), denied);

  const kept = await startDeployedAccount(deployment, mayDo);
  atEnd(() => kept.close());
  const maker = await startMaker();
  atEnd(() => maker.close());

  const lambda = await startLambdaApi({
    invoke: (...given) => host.invoke(...given),
    find: (name, alias) => {
      const functionName = deployment.invocable.get(`${functionArn(name)}:${alias}`);
      const fn = functions.find((each) => each.name === functionName);
      return fn && { functionName: fn.name, timeoutMs: fn.timeoutSeconds * 1_000 };
    },
    mayInvoke: (authorization, name, alias) =>
      mayDo(authorization, [{ action: 'lambda:InvokeFunction', resource: `${functionArn(name)}:${alias}` }]),
  });
  atEnd(() => lambda.close());

  const makers = customResources.map(({ functionName }) => functionName);
  const account: Account = {
    variables: (name) => ({
      ...kept.variables(accessKeyOf(name)),
      AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
      ...(makers.includes(name) && { NODE_EXTRA_CA_CERTS: maker.certificateFile }),
      GATEHOUSE_ALLOW_LOCAL_BACKENDS: 'true',
      ...options.variables,
    }),
    log,
  };
  const host = underRuntimeClient(functions, { ...account, started });
  atEnd(() => host.close());
  for (const resource of customResources) await maker.make(resource, host.invoke);
  const { report } = options;
  const gateway = await startApiGateway({ document, invoke: host.invoke, port, stage, ...(report && { report }) });
  atEnd(() => gateway.close());

  const firstKey = kept.secrets.get(outputs.FirstAdminKeySecret ?? '') ?? '{}';
  return {
    url,
    env: {
      ...kept.variables(administrator),
      AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
      ...functions.find(({ name }) => name === 'post-mcp')?.environment,
    },
    functions,
    account,
    signToken: (subject, roles) => issuer.sign({ sub: subject, roles }, { expiresIn: 3_600 }),
    adminKey: z.object({ value: z.string() }).parse(JSON.parse(firstKey)).value,
    outputs,
    restart: (functionName) => host.restart(functionName),
  };
}
