import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { administer } from './administer.ts';
import { banner, importSummary } from './banner.ts';
import { startDemoBackend } from './demo-backend.ts';
import { freePort } from './free-port.ts';
import { serveGateway } from './gateway.ts';
import { readSpecFile } from './spec-file.ts';
import { startSurroundings } from './surroundings.ts';

const usage = `npm start -- [options]

  --port N             port on 127.0.0.1 (default 3000)
  --data DIR           where tables, keys and secrets are kept (default .gatehouse)
  --spec FILE          import this OpenAPI document instead of the demo's; for one in several files,
                       their directory or an archive (.tgz)
  --entry PATH         which of the files is the document, when it cannot be told
  --backend-url URL    the API that --spec describes
  --new-admin-key      print a further admin key
  --verbose            print log lines
`;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    data: { type: 'string', default: '.gatehouse' },
    spec: { type: 'string' },
    entry: { type: 'string' },
    'backend-url': { type: 'string' },
    'new-admin-key': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(usage);
  process.exit(0);
}
if ((options.spec === undefined) !== (options['backend-url'] === undefined)) {
  fail('--spec and --backend-url belong together: the document says what the API does, the URL where it is.');
}
if (options.spec !== undefined && !existsSync(options.spec)) fail(`--spec: there is no file ${options.spec}.`);

const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail('--port must be a number between 0 and 65535.');

const data = resolve(options.data);
const isFirstStart = !existsSync(join(data, 'own-secrets.json'));
const publicUrl = `http://127.0.0.1:${await freePort(port).catch(() => fail(`Port ${port} is taken. Choose another with --port.`))}`;
const closers: (() => Promise<void>)[] = [];

// Ctrl-C reaches this process from the terminal and again from the script that started it.
let closing = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (closing) return;
    closing = true;
    for (const close of closers.reverse()) await close();
    process.exit(0);
  });
}

const surroundings = await startSurroundings(publicUrl, data, true);
closers.push(() => surroundings.close());
const gateway = await serveGateway(publicUrl, {
  ...surroundings.env,
  POWERTOOLS_LOG_LEVEL: options.verbose ? 'INFO' : 'CRITICAL',
});
closers.push(() => gateway.close());

const admin = administer(publicUrl, await surroundings.issueAdminKey('local-start', 10 * 60_000));
if (options.spec !== undefined) {
  const report = await admin.importDocument(
    options.spec,
    readSpecFile(options.spec),
    options['backend-url'] ?? '',
    options.entry,
  );
  console.log(importSummary(options.spec, report));
}
// The demo has a new port on every start, so it is imported, or its backend moved, every time.
if (options.spec === undefined) {
  const demo = await startDemoBackend({});
  closers.push(() => demo.close());
  const file = join(import.meta.dirname, '../openapi/examples/dealer-service-v1.yaml');
  await admin.importDocument(file, readFileSync(file, 'utf8'), demo.url);
}

console.log(
  banner({
    publicUrl,
    operatorToken: await surroundings.signToken('olivia', ['operator']),
    viewerToken: await surroundings.signToken('victor', ['viewer']),
    adminKey:
      isFirstStart || options['new-admin-key'] ? await surroundings.issueAdminKey('first-administrator') : undefined,
    example: options.spec === undefined ? 'get_vehicle_inventory' : undefined,
  }),
);

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
