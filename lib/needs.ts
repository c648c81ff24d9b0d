import type { Section } from '../functions/gateway/config.ts';
import { functionNames } from './bundle.ts';
import { authorizersOf, type Contract, operationsOf, workersOf } from './contract.ts';
import type { Permission } from './permissions.ts';

/** What a function is given, and nothing else: parts of the environment, and what it may do. */
export interface Needs {
  sections: readonly Section[];
  may: readonly Permission[];
}

const reads: Needs = { sections: ['catalogue'], may: ['catalogue:read'] };
const publishes: Needs = { sections: ['catalogue'], may: ['catalogue:read', 'catalogue:publish'] };
const carriesCalls: Needs = {
  sections: ['catalogue', 'audit', 'state', 'credentials', 'ownSecrets', 'policy', 'egress'],
  may: [
    'catalogue:read',
    'audit:append',
    'credentials:read',
    'results:keep',
    'request-state-key:read',
    'consents:keep',
  ],
};
const servesMcp: Needs = {
  sections: [...carriesCalls.sections, 'endpoint', 'sessions', 'subscriptions', 'listing'],
  may: [...carriesCalls.may, 'sessions:keep'],
};
const nothing: Needs = { sections: [], may: [] };

/** The functions by name, each with what its journey needs. */
const needs = {
  authorize: { sections: ['identity', 'catalogue', 'ownSecrets', 'metering'], may: ['keys:find', 'pepper:read'] },

  'post-mcp': {
    sections: [...servesMcp.sections, 'tasks'],
    may: [...servesMcp.may, 'tasks:keep', 'tasks:start'],
  },
  'run-task': { ...carriesCalls, may: [...carriesCalls.may, 'tasks:keep'] },
  'get-mcp': servesMcp,
  'delete-mcp': { sections: ['state', 'sessions', 'endpoint'], may: ['sessions:keep'] },
  'list-tools': { sections: ['catalogue', 'policy'], may: ['catalogue:read'] },
  'get-protected-resource': { sections: ['endpoint', 'identity', 'metadata'], may: [] },
  'get-health': nothing,

  'list-backends': reads,
  'get-backend': reads,
  'put-backend': { ...publishes, sections: ['catalogue', 'egress'] },
  'delete-backend': publishes,
  'list-specs': reads,
  'get-spec': reads,
  'put-spec': publishes,
  'delete-spec': publishes,
  'approve-changes': publishes,
  'roll-back-spec': publishes,
  'list-admin-tools': reads,
  'get-tool': reads,
  'patch-tool': publishes,
  'delete-tool': publishes,
  'list-prompts': reads,
  'get-prompt': reads,
  'put-prompt': publishes,
  'delete-prompt': publishes,
  'list-skills': reads,
  'get-skill': reads,
  'put-skill': publishes,
  'delete-skill': publishes,
  'put-credential': { sections: ['credentials'], may: ['credentials:write'] },
} as const satisfies Record<string, Needs>;

/** The name of a function: its file in `functions/`. */
export type FunctionName = keyof typeof needs;

/** What the function needs. */
export function needsOf(name: FunctionName): Needs {
  return needs[name];
}

/**
 * The functions that the contract names: those of its routes, its authorizers and its workers. Throws when one of them
 * has no file in `functions/` or no line in the table above, or when it does not name one that has.
 */
export function functionsOf(contract: Contract): FunctionName[] {
  const named = new Set([
    ...operationsOf(contract).map(({ functionName }) => functionName),
    ...Object.values(authorizersOf(contract)),
    ...workersOf(contract),
  ]);
  const problems = [
    ...gaps('openapi/gateway.yaml', named, 'functions/', new Set(functionNames())),
    ...gaps('openapi/gateway.yaml', named, 'lib/needs.ts', new Set(Object.keys(needs))),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return [...named].filter((name): name is FunctionName => name in needs);
}

function gaps(one: string, here: Set<string>, other: string, there: Set<string>): string[] {
  return [
    ...[...here].filter((name) => !there.has(name)).map((name) => `${one} names "${name}", which ${other} lacks.`),
    ...[...there].filter((name) => !here.has(name)).map((name) => `${other} has "${name}", which ${one} never names.`),
  ];
}
