import { parseArgs } from 'node:util';
import { readUpload } from '../../functions/admin/read-upload.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { type Imported, importDocument } from '../../functions/import/import-document.ts';
import { readSpecFile } from '../../local/spec-file.ts';
import { importedText } from './imported-text.ts';

const usage = `npm run import -- FILE [options]

Shows what an OpenAPI document becomes, without a gateway. FILE is a document in JSON or YAML, plain or compressed by
gzip, or, for one in several files, an archive (.tgz) or the directory that holds them.

  --entry PATH     which file of an archive or directory is the document
  --backend NAME   the backend that the tools are to call (default api)
  --json           print report and tools as JSON
`;

/** `import FILE`: prints what becomes of a document. Gives 1 for a document that cannot be read, 2 for wrong arguments. */
export function importCommand(args: string[]): number {
  const options = optionsIn(args);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 2;
  }
  if (options.help || options.file === undefined) {
    console.log(usage);
    return options.help ? 0 : 2;
  }
  const imported = importFile(options.file, options);
  if (typeof imported === 'string') {
    console.error(imported);
    return 1;
  }
  console.log(options.json ? JSON.stringify(imported, null, 2) : importedText(imported));
  return 0;
}

function optionsIn(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        entry: { type: 'string' },
        backend: { type: 'string', default: 'api' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [file, ...others] = positionals;
    return others.length > 0 ? `One FILE at a time: ${others.join(' ')} is too much.` : { ...values, file };
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the file becomes, or why it cannot be read. */
function importFile(file: string, { entry, backend }: { entry?: string; backend: string }): Imported | string {
  try {
    return importDocument(readUpload(readSpecFile(file), entry), { backend });
  } catch (error) {
    if (error instanceof GatewayError) return `${file}: ${error.message}`;
    if (error instanceof Error && 'code' in error) return `${file} cannot be read: ${error.message}`;
    throw error;
  }
}
