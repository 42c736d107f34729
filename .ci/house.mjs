// Holds the house to its own rules: which crate uses which, one door for each
// outside crate, file sizes, links between documents. Reads `cargo metadata` and the tree; changes nothing.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

// Floor of each crate; a crate uses lower floors only, and floor 2 never itself.
const floors = new Map([
  ['auscult-model', 1],
  ['auscult-text', 2],
  ['auscult-store', 2],
  ['auscult-connect', 2],
  ['auscult-archive', 2],
  ['auscult-app', 3],
  ['auscult-web', 4],
  ['auscult', 5],
])
// Only these may name these outside crates (tests may use them as dev-dependencies).
const doors = new Map([
  ['sqlx', ['auscult-store']],
  ['reqwest', ['auscult-connect']],
  ['axum', ['auscult-web']],
  ['askama', ['auscult-web']],
  ['clap', ['auscult']],
])
const longest = 600
// Files that were too long when this was written down; they may shrink, not grow, and no other may join them.
const owed = JSON.parse(fs.readFileSync('.ci/debt.json', 'utf8')).files

const complaints = []
const marked = spawnSync('git', ['grep', '-lE', '^(<{7}|>{7}) '], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
for (const file of marked) complaints.push(`${file}: holds marks of a merge that was not finished`)
if (complaints.length) {
  for (const complaint of complaints) console.error(complaint)
  process.exit(1)
}

const metadata = JSON.parse(
  execFileSync('cargo', ['metadata', '--format-version', '1', '--no-deps', '--locked'], { maxBuffer: 64 << 20 }))
for (const crate of metadata.packages) {
  const floor = floors.get(crate.name)
  if (floor === undefined) complaints.push(`${crate.name}: give it a floor in .ci/house.mjs`)
  for (const dependency of crate.dependencies) {
    if (dependency.kind === 'dev') continue
    const below = floors.get(dependency.name)
    if (below !== undefined && below >= floor) {
      complaints.push(`${crate.name} (floor ${floor}) uses ${dependency.name} (floor ${below}): only lower floors may be used`)
    }
    const allowed = doors.get(dependency.name)
    if (allowed && !allowed.includes(crate.name)) {
      complaints.push(`${crate.name} names ${dependency.name}: only ${allowed.join(', ')} may`)
    }
  }
}

const tracked = execFileSync('git', ['ls-files', '-z', '--', '*.rs', '*.ts', '*.mjs', '*.css'], { maxBuffer: 64 << 20 })
  .toString().split('\0').filter(Boolean)
for (const file of tracked) {
  if (!fs.existsSync(file)) continue
  const lines = fs.readFileSync(file, 'utf8').split('\n').length - 1
  if (lines > (owed[file] ?? longest) && !file.endsWith('.css')) {
    complaints.push(`${file}: ${lines} lines, at most ${longest}: give a part of it a file of its own`)
  }
}

// Links between documents lead somewhere.
const documents = execFileSync('git', ['ls-files', '-z', '--', '*.md']).toString().split('\0').filter(Boolean)
for (const file of documents) {
  if (!fs.existsSync(file)) continue
  const words = fs.readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')
  for (const [, target] of words.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:|^#/.test(target)) continue
    const there = path.join(path.dirname(file), target.split('#')[0])
    if (!fs.existsSync(there)) complaints.push(`${file}: the link to ${target} leads nowhere`)
  }
}

for (const complaint of complaints) console.error(complaint)
if (complaints.length) process.exit(1)
console.log(`house: ${metadata.packages.length} crates on their floors, ${tracked.length} files no longer than ${longest} lines, ${documents.length} documents linked`)
