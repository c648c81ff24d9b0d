// The command line: `npm run import -- FILE`, and the server on stdin and stdout that clients start.

/** Each takes the arguments after its name and gives the exit code. Loaded when it is called: none needs another's rooms. */
const commands: Record<string, (args: string[]) => Promise<number>> = {
  import: async (args) => (await import('./cli/import.ts')).importCommand(args),
  stdio: async (args) => (await import('./cli/stdio.ts')).stdioCommand(args),
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) console.error(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
// Not process.exit, which would cut off what a pipe has not taken yet.
process.exitCode = command ? await command(args) : 2;
