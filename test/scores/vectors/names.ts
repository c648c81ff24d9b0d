import { importDocument } from '../../../functions/import/import-document.ts';
import { type NamedOperation, nameOperations } from '../../../functions/import/tools/names.ts';
import type { NameVectors } from '../../backends/vectors.ts';
import type { Case } from './case.ts';

/** Operations, and the names that they must get. */
interface Naming {
  group: string;
  operations: NamedOperation[];
  names: string[];
}

/** Every name on the namer, and as the import of a document with those operations gives it. */
export function namesOf(vectors: NameVectors): Case[] {
  return namings(vectors).flatMap((naming) => [
    judge('namer', naming, nameAlone),
    judge('import', naming, nameByImport),
  ]);
}

function namings({ operationId, path, groups }: NameVectors): Naming[] {
  const somewhere = { method: 'GET', path: '/somewhere' };
  return [
    ...Object.entries(operationId).map(([id, name]) => ({
      group: 'names, operationId',
      operations: [{ ...somewhere, operationId: id }],
      // Nothing of the id can be in a name: method and path give one.
      names: [name || 'get_somewhere'],
    })),
    ...Object.entries(path).map(([key, name]) => {
      const [method = '', template = ''] = key.split(' ');
      return { group: 'names, method and path', operations: [{ method, path: template }], names: [name] };
    }),
    ...groups.map(({ ops, names }) => ({
      group: 'names, collisions and length',
      operations: ops.map(([method, template, id]) => ({ method, path: template, operationId: id })),
      names,
    })),
  ];
}

function judge(way: string, { group, operations, names }: Naming, give: (all: NamedOperation[]) => string[]): Case {
  const id = operations.map(({ method, path, operationId }) => operationId ?? `${method} ${path}`).join(', ');
  const [expected, got] = [names.join(', '), give(operations).join(', ')];
  return { way, group, id, ...(got !== expected && { fault: { expected, got } }) };
}

function nameAlone(operations: NamedOperation[]): string[] {
  return nameOperations(operations, { prefix: 'vectors' }).map(({ name }) => name);
}

function nameByImport(operations: NamedOperation[]): string[] {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, operationId } of operations) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: { operationId, responses: {} } };
  }
  const document = { openapi: '3.2.0', info: { title: 'Names', version: '1' }, paths };
  const { report } = importDocument(JSON.stringify(document), { backend: 'vectors' });
  return operations.map(({ method, path }) => {
    const line = report.operations.find((operation) => operation.method === method && operation.path === path);
    return line?.tool ?? `no tool: ${line?.notes.join(' ')}`;
  });
}
