// Runs one of the project's commands on the pinned Node 24, installing what is missing first.
// It is plain JavaScript without dependencies, because it may itself be started by Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const binaries = join(root, 'node_modules', '.bin');
const windows = process.platform === 'win32';

if (!isInstalled()) {
  console.error('Installing dependencies (npm ci) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (install.status !== 0) process.exit(install.status ?? 1);
}

const pinned = join(binaries, windows ? 'node.cmd' : 'node');
if (!existsSync(pinned) && Number(process.versions.node.split('.')[0]) < 24) {
  console.error('Gatehouse runs on Node 24. The package registry has no Node 24 binary for this platform: install it.');
  process.exit(1);
}
const node = existsSync(pinned) ? pinned : process.execPath;

const [command, ...rest] = process.argv.slice(2);
const isScript = /\.(ts|mjs|js)$/.test(command);
const child = spawn(
  isScript ? node : join(binaries, windows ? `${command}.cmd` : command),
  isScript ? ['--disable-proto=delete', '--disable-warning=ExperimentalWarning', command, ...rest] : rest,
  {
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` },
  },
);
// The terminal sends Ctrl-C to the whole process group; the child decides how to end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));

/** npm writes its hidden lockfile at the end of an install, so its age tells whether the tree is current. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - 1000;
}
