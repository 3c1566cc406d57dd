"""The edge: how CloudFront serves viewers, and how it asks the origins."""
