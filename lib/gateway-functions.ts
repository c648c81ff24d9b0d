import { Construct } from 'constructs';
import { authorizersOf, type Contract, type Operation, operationsOf, workersOf } from './contract.ts';
import { environmentOf } from './environment.ts';
import { type FunctionName, functionsOf, needsOf } from './needs.ts';
import { holdingsOf, statementsFor, wildcardsIn } from './permissions.ts';
import { RouteFunction } from './route-function.ts';
import type { Settings } from './settings.ts';
import type { StatefulStack } from './stateful-stack.ts';

/** API Gateway gives up on an authorizer after ten seconds; one that takes longer than this would only be paid for. */
const authorizerTimeoutMs = 8_000;

/** The longest that Lambda lets a function run: what a task may take before it has to be begun again. */
const workerTimeoutMs = 900_000;

/** Who a function is there for: that decides what it may take from the account's concurrency. */
type Audience = 'clients' | 'administrators' | 'gateway';

/** The functions that answer or authorize requests or work for those that do, each under the name of its construct. */
export class GatewayFunctions extends Construct {
  readonly all: ReadonlyMap<string, RouteFunction>;
  /** The one that works on tasks. */
  readonly taskWorker: RouteFunction;
  /** Those that a client waits for: the authorizer, the routes that are no administrator's, and the worker. */
  readonly clientFunctions: readonly RouteFunction[];

  constructor(
    scope: Construct,
    id: string,
    contract: Contract,
    settings: Settings,
    stateful: StatefulStack,
    bundleOf: (functionName: string) => string,
  ) {
    super(scope, id);
    const holdings = holdingsOf(stateful);
    const concurrency = {
      clients: 0,
      administrators: settings.adminConcurrency,
      gateway: settings.authorizerConcurrency,
    };
    const build = (name: FunctionName, tasksGoTo?: RouteFunction) => {
      const needs = needsOf(name);
      const held = { ...holdings, ...(tasksGoTo && { taskWorker: tasksGoTo.live.functionArn }) };
      return new RouteFunction(this, name, {
        name,
        bundle: bundleOf(name),
        environment: environmentOf(needs, settings, stateful, tasksGoTo?.qualifiedName),
        statements: statementsFor(needs.may, held),
        wildcards: wildcardsIn(needs.may, held),
        memoryMb: memoryOf(name, settings),
        timeoutMs: timeoutOf(name, contract),
        reservedConcurrency: concurrency[audienceOf(name, contract)],
        refusesByError: isAuthorizer(name, contract),
        provisionedConcurrency: warm.includes(name) ? settings.provisionedConcurrency : 0,
        isWorker: isWorker(name, contract),
        settings,
      });
    };
    this.taskWorker = build('run-task');
    const tasksGoTo = settings.mcpTasks ? this.taskWorker : undefined;
    this.all = new Map(
      functionsOf(contract).map((name) => [name, name === 'run-task' ? this.taskWorker : build(name, tasksGoTo)]),
    );
    this.clientFunctions = functionsOf(contract)
      .filter((name) => audienceOf(name, contract) !== 'administrators')
      .map((name) => this.get(name));
  }

  /** Throws when there is no function of that name. */
  get(name: string): RouteFunction {
    const route = this.all.get(name);
    if (!route) throw new Error(`There is no function "${name}".`);
    return route;
  }
}

/** What a client waits for on its first call: these can be kept warm. */
const warm: readonly FunctionName[] = ['authorize', 'post-mcp'];

/** To import a document of 20 MB takes a whole core, which is what Lambda gives with 1,769 MB, and a third of those. */
function memoryOf(name: FunctionName, { memoryMb, importMemoryMb }: Settings): number {
  return name === 'put-spec' ? importMemoryMb : memoryMb;
}

function ownOperations(name: FunctionName, contract: Contract): Operation[] {
  return operationsOf(contract).filter(({ functionName }) => functionName === name);
}

function timeoutOf(name: FunctionName, contract: Contract): number {
  if (isAuthorizer(name, contract)) return authorizerTimeoutMs;
  if (isWorker(name, contract)) return workerTimeoutMs;
  return Math.max(...ownOperations(name, contract).map(({ timeoutMs }) => timeoutMs));
}

function isWorker(name: FunctionName, contract: Contract): boolean {
  return workersOf(contract).includes(name);
}

function isAuthorizer(name: FunctionName, contract: Contract): boolean {
  return Object.values(authorizersOf(contract)).includes(name);
}

function audienceOf(name: FunctionName, contract: Contract): Audience {
  if (isAuthorizer(name, contract)) return 'gateway';
  const isAdmin = ownOperations(name, contract).some(({ scheme }) => scheme === 'admin_key');
  return isAdmin ? 'administrators' : 'clients';
}
