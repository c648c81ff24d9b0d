import { documentForPrism } from './document-for-prism.ts';
import { explain } from './explain.ts';
import { findDocuments } from './find-documents.ts';
import { type ImportedDocument, importDocument, storeCredential } from './import-document.ts';
import { openGateway } from './open-gateway.ts';
import { startPrism } from './prism.ts';
import { startRecorder } from './recorder.ts';
import { scoreDocument } from './score-document.ts';
import { storedTools } from './stored-tools.ts';
import type { DocumentScore } from './totals.ts';

/**
 * Imports every document of a folder whose name contains `only` into one gateway, calls all their tools with Prism
 * serving the same document behind it, and tells what became of each. `scored` is called for one after the other.
 */
export async function scoreFolder(folder: string, only: string, scored: (score: DocumentScore) => void) {
  const gateway = await openGateway();
  const prism = startPrism();
  const recorder = await startRecorder(prism);
  const scores: DocumentScore[] = [];
  const add = (score: DocumentScore) => {
    scores.push(score);
    scored(score);
  };

  await storeCredential(gateway);
  const imported: ImportedDocument[] = [];
  for (const found of findDocuments(folder).filter(({ name }) => name.includes(only))) {
    try {
      imported.push(await importDocument(found, folder, recorder.urlOf(found.name), gateway));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      add({ name: found.name, operations: [], withheld: 0, problem: `ours: not imported: ${reason.slice(0, 300)}` });
    }
  }
  const listed = await gateway.listTools();
  const stored = await storedTools(gateway);
  for (const { name, document, lines, supplied } of imported) {
    const prepared = documentForPrism(document);
    const served = await prism.serve(prepared.document);
    const outcomes = await scoreDocument({ document, lines, listed, stored, supplied, gateway, recorder });
    const operations = outcomes.map((outcome, index) => ({
      outcome,
      explanations: explain(outcome, document, lines[index]?.notes ?? []),
    }));
    const problem = 'failure' in served ? `prism: not served: ${served.failure.slice(0, 300)}` : undefined;
    add({ name, operations, problem, withheld: prepared.withheld });
  }

  prism.close();
  await recorder.close();
  await gateway.close();
  return scores;
}
