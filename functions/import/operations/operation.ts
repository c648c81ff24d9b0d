import type { ParameterBinding } from '../../catalogue/types.ts';
import type { Place } from '../document/place.ts';
import type { Located } from '../document/source.ts';
import type { JsonObject } from '../json-object.ts';

/** An operation where it stands, before anything of it has been looked at. */
export interface FoundOperation {
  /** Upper case. */
  method: string;
  /** The key in `paths`. */
  path: string;
  place: Place;
  value: unknown;
  pathItem: JsonObject;
  /** Where the path item's own members stand. */
  pathPlace: Place;
}

/** A parameter of any dialect, in the terms of OpenAPI 3.1. */
export interface Parameter {
  in: ParameterBinding['in'];
  name: string;
  required: boolean;
  description?: string | undefined;
  deprecated: boolean;
  style: ParameterBinding['style'];
  explode: boolean;
  allowReserved: boolean;
  /** Set when the value is sent as this media type. */
  contentType?: string | undefined;
  schema: Located;
  /** The first example that the parameter itself gives. */
  example?: unknown;
  place: Place;
}

/** How one property of a form is written. */
export interface Encoding {
  /** The Encoding Object. */
  value: JsonObject;
  /** Headers of the part that the property becomes. */
  headers: PartHeader[];
  place: Place;
}

export interface PartHeader {
  name: string;
  schema: Located;
}

/** One way to write a body. */
export interface MediaType {
  type: string;
  schema?: Located | undefined;
  /** By property. */
  encoding: ReadonlyMap<string, Encoding>;
  /** How each item of a list is written as a part (3.2). */
  itemEncoding?: Encoding | undefined;
  /** Where parts are told apart by their position (3.2). */
  prefixEncoding?: Place | undefined;
  /** By name; an unnamed one is called `default`. */
  examples: ReadonlyMap<string, unknown>;
  place: Place;
}

export interface Body {
  required: boolean;
  description?: string | undefined;
  media: MediaType[];
  place: Place;
}

export interface Reply {
  /** `200`, `2XX`, `default`. */
  status: string;
  media: MediaType[];
}

/** An operation of any dialect with all references followed but those of schemas. */
export interface Operation {
  found: FoundOperation;
  value: JsonObject;
  parameters: Parameter[];
  body?: Body | undefined;
  /** Those that may be what a successful call returns: the lowest status first, `default` last. */
  replies: Reply[];
  /** Security requirements that apply, as written. */
  security: unknown;
  /** What could not be read. */
  notes: string[];
}
