import { registerHooks } from 'node:module';
import { lambdaContext } from './authorizer-events.ts';

/** Packages, and clients of the tables. */
const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/|\/functions\/(tables\/(?:dynamo|signed)\.ts)$/.exec(url);
    if (name) loaded.add(name[1] ?? name[2] ?? '');
    return next(url, context);
  },
});

const { handler } = await import('../../functions/authorize.ts');
const outcome = await handler(JSON.parse(process.argv[2] ?? ''), lambdaContext).then(
  (answer) => ({ answer }),
  (error: Error) => ({ error: error.message }),
);
console.log(JSON.stringify({ ...outcome, loaded: [...loaded] }));
