package resolvers

// Unplanned makes every field read for itself, as it does where a plan has missed it.
func Unplanned(o Options) Options {
	o.unplanned = true
	return o
}
