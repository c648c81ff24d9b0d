import { describe, expect, it } from 'vitest';
import { importing, operationOf } from './importing.ts';

describe('risk', () => {
  it.each([
    ['get', 'read', true, false, true],
    ['head', 'read', true, false, true],
    ['options', 'read', true, false, true],
    ['query', 'read', true, false, true],
    ['post', 'write', false, true, false],
    ['patch', 'write', false, true, false],
    ['put', 'write', false, true, true],
    ['delete', 'privileged', false, true, true],
  ])('%s is %s', (method, risk_level, readOnlyHint, destructiveHint, idempotentHint) => {
    const { tool } = importing({ ...operationOf({}, { method }), openapi: '3.2.0' });
    expect(tool.risk_level).toBe(risk_level);
    expect(tool.annotations).toEqual({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint: false });
  });

  it.each([
    ['x-mcp-risk', { 'x-mcp-risk': 'write' }, 'write'],
    ['x-mcp.risk_level', { 'x-mcp': { risk_level: 'privileged' } }, 'privileged'],
    ['another word', { 'x-mcp-risk': 'High' }, 'privileged'],
    ['a scope of an administrator', { security: [{ oauth: ['pets:admin'] }] }, 'privileged'],
    ['a scope to delete', { security: [{ oauth: ['delete:pets'] }] }, 'privileged'],
    ['one of several scopes', { security: [{ oauth: ['pets:read'] }, { oauth: ['admin'] }] }, 'privileged'],
    [
      'nothing that counts',
      { 'x-mcp-risk': 'unheard', security: [{ oauth: ['pets:read', 'administrative'] }] },
      'read',
    ],
  ])('is raised by %s', (_, operation, risk_level) => {
    const { tool } = importing(operationOf(operation));
    expect(tool.risk_level).toBe(risk_level);
    expect(tool.annotations.readOnlyHint).toBe(risk_level === 'read');
  });

  it('is raised by marks of the path and of tags, and by scopes of the document', () => {
    const tags = [{ name: 'danger', 'x-mcp-risk': 'privileged' }];
    expect(importing(operationOf({ tags: ['danger'] }, { tags })).tool.risk_level).toBe('privileged');
    expect(importing(operationOf({}, { tags })).tool.risk_level).toBe('read');
    const pathItem = { get: {}, 'x-mcp-risk': 'write' };
    expect(importing({ ...operationOf({}), paths: { '/pets': pathItem } }).tool.risk_level).toBe('write');
    expect(importing(operationOf({}, { security: [{ oauth: ['admin'] }] })).tool.risk_level).toBe('privileged');
  });

  it.each(['post', 'delete'])('of %s is not lowered by a document', (method) => {
    const usual = importing(operationOf({}, { method })).tool.risk_level;
    const marked = operationOf({ 'x-mcp-risk': 'read', 'x-mcp': { risk_level: 'read' }, security: [] }, { method });
    expect(importing(marked).tool.risk_level).toBe(usual);
  });

  it('may go on as a task only where the document says so', () => {
    expect(importing(operationOf({})).tool).not.toHaveProperty('long_running');
    expect(importing(operationOf({ 'x-mcp': { long_running: 'yes' } })).tool).not.toHaveProperty('long_running');
    expect(importing(operationOf({ 'x-mcp': { long_running: true } })).tool.long_running).toBe(true);
    expect(importing(operationOf({ 'x-mcp-long-running': true })).tool.long_running).toBe(true);
  });

  it('asks for elevation only where the document does', () => {
    expect(importing(operationOf({}, { method: 'delete' })).tool.requires_elevation).toBe(false);
    expect(importing(operationOf({ 'x-mcp': { requires_elevation: true } })).tool.requires_elevation).toBe(true);
  });
});
