import type { Caller } from '../tool-room.ts';
import { cataloguePrompts } from './catalogue-prompts.ts';
import { catalogueSkills, type SkillDeps } from './catalogue-skills.ts';
import type { KeptResults } from './kept-results.ts';
import type { Contents, Library } from './library.ts';
import { beginningWith, pageOf } from './page-of.ts';
import { type SpecDeps, specResources } from './spec-resources.ts';

export interface LibraryDeps extends SpecDeps, SkillDeps {
  store: SpecDeps['store'] & SkillDeps['store'];
  results: () => Promise<KeptResults>;
}

const templates = [
  {
    uriTemplate: 'result://{id}',
    name: 'result',
    title: 'Large result',
    description:
      'What a tool call gave that was too large for its answer, until it expires. The answer has the address.',
  },
  {
    uriTemplate: 'skill://{+path}',
    name: 'skill',
    title: 'File of a skill',
    description: 'A file of a skill, by the path that its entry gives.',
  },
  {
    uriTemplate: 'spec://{spec}',
    name: 'spec',
    title: 'API document',
    description: 'The OpenAPI document from which tools were made, by the name of its spec.',
  },
  {
    uriTemplate: 'spec://{spec}/{+file}',
    name: 'spec-file',
    title: 'File of an API document',
    description: 'One file of a document in several files, by its path, as the references of the document lead to it.',
  },
];

/** What the catalogue and the kept results have for clients. */
export function catalogueLibrary(deps: LibraryDeps): Library {
  const specs = specResources(deps);
  const skills = catalogueSkills(deps);

  async function read(caller: Caller, uri: string): Promise<Contents | undefined> {
    switch (uri.slice(0, uri.indexOf('://'))) {
      case 'spec':
        return specs.read(caller, uri);
      case 'result':
        return (await deps.results()).read(caller.principal, uri);
      case 'skill':
        return skills.read(uri);
      default:
        return undefined;
    }
  }

  async function has(caller: Caller, uri: string): Promise<boolean> {
    return uri.startsWith('spec://') ? specs.has(caller, uri) : (await read(caller, uri)) !== undefined;
  }

  async function stamp(caller: Caller, uri: string): Promise<string | undefined> {
    if (uri.startsWith('spec://')) return specs.stamp(caller, uri);
    return uri.startsWith('skill://') ? skills.stamp(uri) : undefined;
  }

  return {
    prompts: cataloguePrompts(deps.catalogue),
    skills,
    resources: {
      async list(caller, after) {
        const [documents, manifests] = await Promise.all([specs.list(caller), skills.manifests()]);
        return pageOf([...documents, ...manifests], ({ uri }) => uri, after);
      },
      async templates() {
        const hasSkills = await skills.any();
        return templates.filter(({ name }) => name !== 'skill' || hasSkills);
      },
      read,
      has,
      stamp,
      async complete(caller, template, variable, value) {
        if (!templates.some(({ uriTemplate }) => uriTemplate === template)) return undefined;
        return variable === 'spec' ? beginningWith(await specs.names(caller), value) : [];
      },
    },
  };
}
