/** What a tool gives back, in the shapes of MCP's `ContentBlock`. Binary data is base64. */
export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; blob: string } }
  | { type: 'resource_link'; uri: string; name: string; mimeType: string; size: number };

/** The answer to a tool call, before a protocol gives it its wire form. */
export interface ShapedReply {
  content: ContentBlock[];
  /** Any JSON value; the protocol face wraps those that older clients do not take. */
  structured_content?: unknown;
  is_error: boolean;
  /** What went wrong, for metrics and the audit log. */
  kind?: string;
}
