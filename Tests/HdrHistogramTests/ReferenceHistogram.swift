import Histogram

// In a file of its own: module and type have the same name, which is that of ours as well.
typealias ReferenceHistogram = Histogram<UInt64>
