import { lifeboat } from "./lifeboat.ts";
import { runProgram } from "./run-program.ts";

const args = process.argv.slice(2);
await runProgram(args, (around) => lifeboat(args, around));
