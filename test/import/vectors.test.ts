import { describe, expect, it } from 'vitest';
import { argumentsOf, judgeBody, judgeParameter } from '../backends/judge-vector.ts';
import { sendThroughBuilder } from '../backends/send-vector.ts';
import { hasVectors, sharedVectors } from '../backends/vectors.ts';
import { importing } from './importing.ts';

const { parameters, bodies, documents } = sharedVectors();

describe.skipIf(!hasVectors)('in an imported document', () => {
  describe.each([...documents.keys()])('of %s', (version) => {
    const { tools, report } = importing(documents.get(version) ?? '');
    const toolOf = (id: string) => {
      const tool = tools.find(({ title }) => title === id);
      if (!tool) throw new Error(`no tool for ${id}`);
      return { tool, names: Object.keys(tool.input_schema.properties ?? {}) };
    };

    it('no operation is lowered', () => {
      expect(report.operations.filter(({ status }) => status !== 'ok')).toEqual([]);
    });

    it.each(parameters.filter(({ oas }) => oas.includes(version)))('$id is sent as the vectors say', (vector) => {
      const { tool, names } = toolOf(vector.id);
      const [argument = ''] = names;
      const sending = sendThroughBuilder(tool.binding, argumentsOf(vector, argument));
      expect(judgeParameter(vector, sending, argument)).toBeUndefined();
    });

    // Swagger 2.0 has other bodies.
    it.each(version === '2.0' ? [] : bodies)('the body $id is sent as the vectors say', (vector) => {
      const { tool, names } = toolOf(vector.id);
      const args = names.join() === 'body' ? { body: vector.value } : (vector.value as Record<string, unknown>);
      expect(judgeBody(vector, sendThroughBuilder(tool.binding, args))).toBeUndefined();
    });
  });
});
