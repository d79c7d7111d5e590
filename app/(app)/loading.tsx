import { PageSkeleton } from "#components/state/skeleton";

export default function Loading() {
  return <PageSkeleton />;
}
