/** What can be different about a tool. Stable, where the messages may be reworded. */
export type ChangeKind =
  | 'argument_added'
  | 'argument_removed'
  | 'argument_required'
  | 'argument_optional'
  | 'argument_described'
  | 'type_changed'
  | 'type_narrowed'
  | 'type_widened'
  | 'values_limited'
  | 'values_freed'
  | 'values_removed'
  | 'values_added'
  | 'bound_tightened'
  | 'bound_loosened'
  | 'properties_closed'
  | 'properties_opened'
  | 'forms_added'
  | 'forms_changed'
  | 'rule_changed'
  | 'default_changed'
  | 'output_changed'
  | 'endpoint_changed'
  | 'method_changed'
  | 'body_type_changed'
  | 'backend_changed'
  | 'sending_changed'
  | 'risk_raised'
  | 'risk_lowered'
  | 'title_changed'
  | 'description_changed'
  | 'deprecated_changed'
  | 'enabled_changed'
  | 'long_running_changed'
  | 'other_changed';

/** One difference between two definitions of a tool. */
export interface Change {
  kind: ChangeKind;
  /** Whether arguments that were accepted before may be refused now. */
  breaking: boolean;
  /** The argument that it is about, with the way to it: `items[].name`. Otherwise the field of the tool. */
  at?: string;
  from?: unknown;
  to?: unknown;
  /** How much of the longer text is in both, 0 to 1. */
  similarity?: number;
  /** The same as a sentence. */
  message: string;
}

/** A change of the argument at `at`, or of the input as a whole, of which `says` tells what became of it. */
export function argumentChange(
  at: string,
  says: string,
  { kind, breaking = false, ...facts }: Omit<Change, 'at' | 'message' | 'breaking'> & { breaking?: boolean },
): Change {
  const subject = at === '' ? 'The input' : `\`${at}\``;
  return { kind, breaking, ...(at !== '' && { at }), ...facts, message: `${subject} ${says}.` };
}
