// Holds requests that culprit sends against the types of the providers' own SDKs:
// node check_types.mjs FOLDER, with the golden files of the wires. Prints what does not fit; exits 1 then.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const types = {
  "openai-chat": ["import type OpenAI from 'openai'", "OpenAI.ChatCompletionCreateParamsStreaming"],
  "openai-responses": ["import type OpenAI from 'openai'", "OpenAI.Responses.ResponseCreateParamsStreaming"],
  anthropic: ["import type Anthropic from '@anthropic-ai/sdk'", "Anthropic.MessageCreateParamsStreaming"],
  ollama: ["import type { ChatRequest } from 'ollama'", "ChatRequest & { stream: true }"],
};
// Gemini's SDK takes the request apart: contents and, in `config`, the rest.
const gemini = (request) => ({
  contents: request.contents,
  config: { systemInstruction: request.systemInstruction, tools: request.tools, ...request.generationConfig },
});

const folder = process.argv[2];
const work = mkdtempSync(join(here, "node_modules", ".types-"));
try {
  let checked = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const wire = Object.keys({ ...types, gemini: 0 }).find((name) => new RegExp(`^${name}(-settings|-carried)?\\.json$`).test(file));
    if (!wire) continue;
    const request = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const [line, type] = wire === "gemini"
      ? ["import type { Content, GenerateContentConfig } from '@google/genai'", "{ contents: Content[]; config: Omit<GenerateContentConfig, 'thinkingConfig'> & { thinkingConfig?: { thinkingLevel?: string; includeThoughts?: boolean } } }"]
      : types[wire];
    // Ollama's types know fewer words of JSON Schema than its server.
    if (wire === "ollama") for (const tool of request.tools) delete tool.function.parameters.additionalProperties;
    const value = JSON.stringify(wire === "gemini" ? gemini(request) : request, null, 1);
    writeFileSync(join(work, file.replace(".json", ".ts")), `${line};\nexport const request: ${type} = ${value};\n`);
    ++checked;
  }
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, module: "nodenext", target: "es2022", types: [] },
    include: ["*.ts"],
  }));
  const ran = spawnSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", work], { encoding: "utf8" });
  process.stdout.write(ran.stdout + ran.stderr);
  console.log(`${checked} requests checked`);
  process.exitCode = ran.status ?? 1;
} finally {
  rmSync(work, { recursive: true });
}
