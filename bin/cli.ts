// The command line for administrators: `npm run import -- FILE`.
import { importCommand } from './cli/import.ts';

/** Each takes the arguments after its name and gives the exit code. */
const commands: Record<string, (args: string[]) => number | Promise<number>> = { import: importCommand };

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) console.error(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
// Not process.exit, which would cut off what a pipe has not taken yet.
process.exitCode = command ? await command(args) : 2;
