import {
  type BodyBinding,
  type ParameterBinding,
  parameterBindingSchema,
  propertyEncodingSchema,
} from '../../functions/catalogue/types.ts';
import { parameterWith } from './builders.ts';
import type { BodyVector, ParameterVector } from './vectors.ts';

const collectionStyles: Record<string, ParameterBinding['style']> = {
  csv: 'form',
  multi: 'form',
  ssv: 'spaceDelimited',
  tsv: 'tabDelimited',
  pipes: 'pipeDelimited',
};

/** What an importer makes of the Parameter Object of a vector. */
export function parameterBindingOf({ param, oas }: ParameterVector): ParameterBinding {
  const location = parameterBindingSchema.shape.in.parse(param.in);
  const plain = parameterWith({ in: location, name: param.name });
  const content_type = param.content && Object.keys(param.content)[0];
  const format = oas.includes('2.0') ? (param.collectionFormat ?? 'csv') : undefined;
  const style = format ? collectionStyles[format] : (param.style as ParameterBinding['style']);
  return parameterWith({
    ...plain,
    // In 3.2 the style `cookie` is exploded unless it says otherwise, as `form` is.
    ...(style && { style, explode: style === 'form' || style === 'cookie' }),
    ...(format && { explode: format === 'multi' }),
    ...(param.explode !== undefined && { explode: param.explode }),
    ...(param.allowReserved !== undefined && { allow_reserved: param.allowReserved }),
    ...(content_type !== undefined && { content_type }),
  });
}

/** What an importer makes of the Request Body Object of a vector: JSON first, binary properties and encodings by name. */
export function bodyBindingOf({ requestBody: { required, content } }: BodyVector): BodyBinding {
  const types = Object.entries(content);
  const [content_type, media] = types.find(([type]) => type.includes('json')) ?? types[0] ?? ['', undefined];
  const properties = (media?.schema?.properties ?? {}) as Record<
    string,
    { format?: string; items?: { format?: string } }
  >;
  const binary = Object.entries(properties).filter(([, schema]) => (schema.items ?? schema).format === 'binary');
  const encoding: NonNullable<BodyBinding['encoding']> = Object.fromEntries(
    binary.map(([name]) => [name, { binary: true }]),
  );
  for (const [name, { contentType, ...style }] of Object.entries(media?.encoding ?? {})) {
    encoding[name] = propertyEncodingSchema.parse({ ...encoding[name], ...style, content_type: contentType });
  }
  return { content_type, required, argument: 'body', encoding };
}
