import { streamingRoute } from '../../../functions/http/route.ts';
import { openFixtures } from './open-fixtures.ts';

const { answer } = await openFixtures(process.env);

/** In place of the gateway's own, also of `get-mcp`. */
export const handler = streamingRoute('post-mcp', answer);
