import { memorySkillFiles, SkillsExtension } from '@modelcontextprotocol/server/ext/skills';

const files = {
  'book-a-test-drive/SKILL.md': `---
name: book-a-test-drive
description: Books a test drive. Use it when somebody wants to try a vehicle.
---

Read references/OPENING-HOURS.md, and then ask for a day.
`,
  'book-a-test-drive/references/OPENING-HOURS.md': 'Monday to Friday, 9 to 18.\n',
  'sell-a-vehicle/SKILL.md': `---
name: sell-a-vehicle
description: Sells a vehicle. Use it when somebody has made up their mind.
---

Ask for a name.
`,
};

/** Skills (extension `io.modelcontextprotocol/skills`), one of them with a directory. */
export const fixtureSkills = await SkillsExtension.load(memorySkillFiles(files), {
  cacheHint: { ttlMs: 60_000, cacheScope: 'private' },
  strict: true,
});
