import { configureGlobal } from "fast-check";
import { campaignSeed } from "./campaign-random.ts";

// Loaded by every file that makes cases with fast-check: they are the same in every run, so that what fails here fails everywhere.
configureGlobal({ seed: campaignSeed() });
