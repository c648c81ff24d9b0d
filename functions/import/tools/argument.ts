import type { ParameterBinding } from '../../catalogue/types.ts';
import type { Parameter } from '../operations/operation.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';

/** One property of the tool's input, and where its value goes. */
export interface Argument {
  in: ParameterBinding['in'] | 'body';
  /** The name in the operation. */
  name: string;
  schema: JsonSchema;
  required: boolean;
  /** Absent for what makes the body. */
  parameter?: Parameter;
  /** Whether it is all of the body. */
  isWhole?: boolean;
}

/** An argument with the name that the tool has for it. */
export interface NamedArgument extends Argument {
  argument: string;
}
