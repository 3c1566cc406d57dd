"""Storage: buckets, tables, topics and queues: who may read them, and how they keep it all."""
