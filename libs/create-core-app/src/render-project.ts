import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FrameworkSource, packageManifest } from './package-manifest.js';
import { databaseUrlOf, type ProjectChoices } from './project-choices.js';
import { renderTemplate } from './render-template.js';

const TEMPLATES = fileURLToPath(new URL('../templates/', import.meta.url));

/** The files of a new project with their text, by paths with slashes. */
export function renderProject(
  name: string,
  choices: ProjectChoices,
  source?: FrameworkSource,
): ReadonlyMap<string, string> {
  const values = valuesOf(name, choices);
  const files = new Map([['package.json', `${JSON.stringify(packageManifest(name, choices, source), null, 2)}\n`]]);
  for (const template of templates()) {
    if (!choices.auth && template.startsWith('src/users/')) continue;
    const text = readFileSync(join(TEMPLATES, template), 'utf8');
    files.set(pathOf(template), template.endsWith('.eta') ? renderTemplate(text, values) : text);
  }
  return files;
}

function valuesOf(name: string, { auth, database, messaging, packageManager, tasks }: ProjectChoices) {
  return {
    title: name.replaceAll(/[-_.]+/g, ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    secretKey: randomBytes(48).toString('base64url'),
    databaseUrl: databaseUrlOf(database, name),
    auth,
    broker: messaging,
    tasks,
    run: packageManager === 'npm' ? 'npm run' : packageManager,
    exec: { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn' }[packageManager],
  };
}

function templates(): string[] {
  return readdirSync(TEMPLATES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TEMPLATES, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Names with a dot in front would not survive being packed, so templates have an underscore there. */
function pathOf(template: string): string {
  return template.replace(/^_/, '.').replace(/\.eta$/, '');
}
