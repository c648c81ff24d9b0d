import { readFileSync } from 'node:fs';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { readDocument } from '../../../functions/import/document/read-document.ts';
import type { FoundDocument } from './find-documents.ts';
import { isObject, type Json } from './json.ts';

/** The document as one value; files that it refers to are bundled into it. The network is never asked. */
export async function readSource({ file, isMultiFile }: FoundDocument): Promise<Json> {
  if (!isMultiFile) {
    return readDocument(readFileSync(file, 'utf8'), { tally: { written: 0, reached: 0 }, warnings: [] });
  }
  const bundled: unknown = await $RefParser.bundle(file, { resolve: { http: false } });
  if (!isObject(bundled)) throw new Error(`${file} is no object`);
  return bundled;
}
