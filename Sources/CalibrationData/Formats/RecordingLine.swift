internal import Calibration
internal import FastJSON

/// A line of a file of recordings, read without a tree of its tokens: they are nearly all of it.
///
/// Lines that are not as ``RecordingCoding`` writes them, and wrong ones, go through the tree, which tells what is wrong and where. Both
/// ways give the same values.
struct RecordingLine {
    /// Without the draft's tokens when ``evidence`` holds them.
    private(set) var recording: Recording
    /// The draft's tokens; `nil` when the line was read through the tree.
    private(set) var evidence: EvidenceScan?

    init(_ recording: Recording) { self.recording = recording }

    /// - Throws: as ``RecordingCoding/decode(_:)``.
    init(_ line: [UInt8]) throws(CalibrationDataError) {
        if let evidence = EvidenceScan(line), let recording = Self.recording(line, without: evidence.range) {
            self.recording = recording
            self.evidence = evidence
        } else {
            recording = try RecordingCoding.decodeTree(line)
        }
    }

    /// Everything but the tokens; `nil` when there is an error in it, whose place is that in the whole line.
    private static func recording(_ line: [UInt8], without tokens: Range<Int>) -> Recording? {
        var rest: [UInt8] = []
        rest.reserveCapacity(line.count - tokens.count + 2)
        rest += line[..<tokens.lowerBound]
        rest += [UInt8(ascii: "["), UInt8(ascii: "]")]
        rest += line[tokens.upperBound...]
        return try? RecordingCoding.decodeTree(rest)
    }

    /// The recording with the draft's tokens, one by one.
    var whole: Recording {
        guard let evidence else { return recording }
        var recording = recording
        recording.draft.tokens = evidence.tokens.map { token in
            RecordedToken(
                ms: token.ms, bytes: Array(evidence.text[Int(token.text.lowerBound)..<Int(token.text.upperBound)]), logprob: token.logprob,
                top: Array(evidence.alternatives[Int(token.alternatives.lowerBound)..<Int(token.alternatives.upperBound)]),
                isListed: token.isListed)
        }
        return recording
    }

    /// Gives the draft's tokens to an empty trace.
    func fill(_ trace: inout DraftTrace) {
        guard let evidence else {
            for token in recording.draft.tokens {
                trace.append(
                    ms: Float(token.ms), logprob: token.logprob, isListed: token.isListed, alternatives: token.top, text: token.bytes)
            }
            return
        }
        let tokens = evidence.tokens.map { token in
            DraftTrace.Token(
                ms: Float(token.ms), logprob: token.logprob, isListed: token.isListed, text: token.text, alternatives: token.alternatives)
        }
        trace.replace(tokens: tokens, alternatives: evidence.alternatives, text: evidence.text)
    }
}
