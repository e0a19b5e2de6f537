// speedscope's own importer under node: reads a file and adds up its frames, as culprit does for the same question.
import * as fs from 'fs'
import {importProfilesFromArrayBuffer} from 'speedscope/import/index'

const bytes = fs.readFileSync(process.argv[2])
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
importProfilesFromArrayBuffer(process.argv[2], buffer).then(group => {
  if (!group) process.exit(1)
  const weights = new Map<string, number>()
  for (const profile of group.profiles)
    profile.forEachFrame(frame => weights.set(frame.name, (weights.get(frame.name) ?? 0) + frame.getTotalWeight()))
  console.log([...weights].sort((a, b) => b[1] - a[1]).slice(0, 25))
})
