import { type Schema, Validator } from '@cfworker/json-schema';
import type { JsonSchemaType, jsonSchemaValidator } from '@modelcontextprotocol/server';

/**
 * Validates what users answer to an elicitation. Given to every server so that the SDK does not build its default
 * validator, which costs milliseconds a request and keeps every schema it has seen.
 */
export const elicitationValidator: jsonSchemaValidator = {
  getValidator<T>(schema: JsonSchemaType) {
    const validator = new Validator(schema as unknown as Schema, '2020-12');
    return (input: unknown) => {
      const { valid, errors } = validator.validate(input);
      return valid
        ? { valid, data: input as T, errorMessage: undefined }
        : { valid, data: undefined, errorMessage: errors.map(({ error }) => error).join('; ') };
    };
  },
};
