import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));

const optionsSchema = z.record(
  z.string(),
  z.looseObject({ alias: z.union([z.string(), z.array(z.string())]).optional() }),
);
const cdk = z
  .object({
    globalOptions: optionsSchema,
    commands: z.record(z.string(), z.looseObject({ options: optionsSchema.optional() })),
  })
  .parse(JSON.parse(read('node_modules/aws-cdk/lib/cli/cli-type-registry.json')));

/**
 * What in this shell text does not exist: scripts of `package.json`, files of the repository, commands and options of
 * the CDK command line that is installed. Lines that end in `\` are one.
 */
export function missingIn(shell: string): string[] {
  const lines = shell.replaceAll(/\\\n\s*/g, ' ').split('\n');
  return lines.flatMap((line) => [...missingScripts(line), ...missingFiles(line), ...missingCdk(line)]);
}

function missingScripts(line: string): string[] {
  const named = [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
  const short = [...line.matchAll(/\bnpm (start|test)\b/g)].map(([, name]) => name ?? '');
  return [...named, ...short].filter((name) => !(name in scripts)).map((name) => `script "${name}"`);
}

function missingFiles(line: string): string[] {
  const run = [...line.matchAll(/(?:^|\s)(\.ci\/\S+)/g)].map(([, path]) => path ?? '');
  return run.filter((path) => !isExecutable(path)).map((path) => `executable ${path}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(join(root, path), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missingCdk(line: string): string[] {
  return [...line.matchAll(/\bnpx cdk (\S+)([^|;&#]*)/g)].flatMap(([, name = '', rest = '']) => {
    const command = cdk.commands[name];
    if (!command) return [`cdk command "${name}"`];
    const known = { ...cdk.globalOptions, ...command.options };
    const names = Object.entries(known).flatMap(([option, { alias = [] }]) => [option, ...[alias].flat()]);
    const given = [...rest.matchAll(/\s--?([a-z][\w-]*)/gi)].map(([, option = '']) => option);
    return given
      .filter((option) => !names.includes(option) && !names.includes(option.replace(/^no-/, '')))
      .map((option) => `option "${option}" of cdk ${name}`);
  });
}
