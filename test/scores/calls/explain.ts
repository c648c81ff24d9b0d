import { causes, type Owner, onlyEmpty, type Refusal } from './causes.ts';
import type { Json } from './json.ts';
import type { CallOutcome, OperationOutcome } from './outcome.ts';
import type { Violation } from './verdict.ts';

/** Why an operation is not all right. */
export interface Explanation {
  owner: Owner;
  cause: string;
  /** The first thing that was seen of it. */
  evidence: string;
}

/**
 * Why an operation is not all right: nothing when it is. What no known cause explains is ours. Refusals count against
 * Prism or the document only for requests that our own reading has found right.
 */
export function explain(outcome: OperationOutcome, document: Json, notes: string[]): Explanation[] {
  const found = outcome.faults.map((fault) => ours('unexplained', fault));
  if (outcome.skipped !== undefined) found.push(skipped(outcome.skipped));
  for (const call of outcome.calls) {
    found.push(...call.faults.map((fault) => explainFault(fault, call, outcome)));
    if (call.faults.length > 0 || !outcome.declared) continue;
    for (const violation of call.violations) {
      const related = relatedTo(violation, call);
      const refusal: Refusal = { violation, related, call, declared: outcome.declared, document, notes };
      const known = causes.find((cause) => cause.explains(refusal));
      const evidence = `${call.kind}: ${violation.place} ${violation.message}`.slice(0, 200);
      found.push(known ? { owner: known.owner, cause: known.cause, evidence } : ours('unexplained', evidence));
    }
  }
  // The first of a kind stands for it.
  return [...new Map(found.reverse().map((one) => [`${one.owner} ${one.cause}`, one])).values()].reverse();
}

/** What is said of a value inside of alternatives is said of each of them, also of those that were not meant. */
function relatedTo(violation: Violation, { violations }: CallOutcome): Violation[] {
  const isWithin = ({ place }: Violation, outer: Violation) =>
    place === outer.place || place.startsWith(`${outer.place}.`);
  const alternatives = violations.find((other) => /^(?:oneOf|anyOf)$/.test(other.code) && isWithin(violation, other));
  return alternatives ? violations.filter((other) => isWithin(other, alternatives)) : [violation];
}

function ours(cause: string, evidence: string): Explanation {
  return { owner: 'ours', cause, evidence };
}

/** The importer's own reason: something of the document that no request can carry, unless the importer gave up. */
function skipped(reason: string): Explanation {
  const owner = /could not be converted|32 KB/.test(reason) ? 'ours' : 'document';
  return { owner, cause: 'the operation makes no tool', evidence: reason.slice(0, 200) };
}

function explainFault(fault: string, call: CallOutcome, { declared }: OperationOutcome): Explanation {
  const evidence = `${call.kind}: ${fault}`.slice(0, 200);
  if (fault.startsWith('nothing was sent') && declared && onlyEmpty(declared).some((one) => one.in === 'path')) {
    return { owner: 'document', cause: 'a path parameter can only be empty', evidence };
  }
  if (fault.includes('contradict each other')) {
    return { owner: 'document', cause: 'parts of a schema contradict each other', evidence };
  }
  return ours('unexplained', evidence);
}
