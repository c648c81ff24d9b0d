import { registerHooks } from 'node:module';
import { lambdaContext } from './authorizer-events.ts';

const packages = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name) packages.add(name);
    return next(url, context);
  },
});

const { handler } = await import('../../functions/authorize.ts');
const outcome = await handler(JSON.parse(process.argv[2] ?? ''), lambdaContext).then(
  (answer) => ({ answer }),
  (error: Error) => ({ error: error.message }),
);
console.log(JSON.stringify({ ...outcome, packages: [...packages] }));
